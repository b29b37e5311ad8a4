/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "record/prepared.h"

#include <pthread.h>

#include "tap.h"

static char first;
static char second;

/* What a statement asks, told apart by its number. */
static struct asked
ask(uint32_t number)
{
	return (struct asked){
		.items = { { .operations = SLICE("t.select"),
		    .times = number } },
		.count = 1,
	};
}

static void
add(const void *handle, const char *name, uint32_t number)
{
	struct asked asked = ask(number);

	prepared_add(handle, name, &asked);
}

/* The number of a statement; 0 where it is not known. */
static uint32_t
number_of(const void *handle, const char *name)
{
	struct asked asked;

	return prepared_find(handle, name, &asked) ? asked.items[0].times : 0;
}

static void
finds(void)
{
	add(&first, "a", 1);
	CHECK_INT(number_of(&first, "a"), 1);
	CHECK_INT(number_of(&first, "b"), 0);
	prepared_forget(&first);
}

static void
keeps_apart(void)
{
	add(&first, "a", 1);
	add(&first, "", 2);
	add(&second, "a", 3);
	CHECK_INT(number_of(&first, "a"), 1);
	CHECK_INT(number_of(&first, ""), 2);
	CHECK_INT(number_of(&second, "a"), 3);
	CHECK_INT(number_of(&second, ""), 0);
	prepared_forget(&first);
	prepared_forget(&second);
}

/* More than there are buckets. */
static void
keeps_many_apart(void)
{
	static char handles[1 << 14];
	size_t wrong = 0;

	for (uint32_t i = 0; i < sizeof(handles); i++)
		add(&handles[i], "", i + 1);
	for (uint32_t i = 0; i < sizeof(handles); i++)
		wrong += number_of(&handles[i], "") != i + 1;
	CHECK_INT(wrong, 0);
	for (uint32_t i = 0; i < sizeof(handles); i++)
		prepared_remove(&handles[i], "");
}

static void
replaces(void)
{
	add(&first, "a", 1);
	add(&first, "a", 2);
	CHECK_INT(number_of(&first, "a"), 2);
	prepared_remove(&first, "a");
	CHECK_INT(number_of(&first, "a"), 0);
}

static void
removes(void)
{
	add(&first, "a", 1);
	add(&first, "b", 2);
	prepared_remove(&first, "a");
	prepared_remove(&first, "c");
	CHECK_INT(number_of(&first, "a"), 0);
	CHECK_INT(number_of(&first, "b"), 2);
	prepared_forget(&first);
}

static void
forgets(void)
{
	add(&first, "a", 1);
	add(&first, "b", 2);
	add(&second, "a", 3);
	prepared_forget(&first);
	CHECK_INT(number_of(&first, "a"), 0);
	CHECK_INT(number_of(&first, "b"), 0);
	CHECK_INT(number_of(&second, "a"), 3);
	prepared_forget(&second);
}

static void
copies(void)
{
	char name[] = "a";
	struct asked asked = ask(1);

	prepared_add(&first, name, &asked);
	asked = ask(2);
	name[0] = 'b';
	CHECK_INT(number_of(&first, "a"), 1);
	prepared_forget(&first);
}

static const char *
number_name(char *name, size_t size, uint32_t number)
{
	(void)snprintf(name, size, "s%" PRIu32, number);
	return name;
}

static void
is_bounded(void)
{
	char name[16];

	for (uint32_t i = 0; i < PREPARED_MOST; i++)
		add(&first, number_name(name, sizeof(name), i), i + 1);
	add(&second, "a", 7);
	CHECK_INT(number_of(&second, "a"), 0);
	add(&first, "s5", 8);
	CHECK_INT(number_of(&first, "s5"), 8);
	CHECK_INT(number_of(&first, "s0"), 1);
	CHECK_INT(number_of(&first,
		      number_name(name, sizeof(name), PREPARED_MOST - 1)),
	    PREPARED_MOST);
	prepared_remove(&first, "s5");
	add(&second, "a", 7);
	CHECK_INT(number_of(&second, "a"), 7);
	prepared_forget(&first);
	CHECK_INT(number_of(&first, "s0"), 0);
	prepared_forget(&second);
}

enum { ROUNDS = 2000 };

static void *
work(void *context)
{
	const char *handle = context;
	size_t wrong = 0;
	char name[16];

	for (uint32_t i = 1; i <= ROUNDS; i++) {
		number_name(name, sizeof(name), i % 7);
		add(handle, name, i);
		if (number_of(handle, name) != i)
			wrong++;
		if (i % 50 == 0)
			prepared_forget(handle);
	}
	prepared_forget(handle);
	return wrong == 0 ? NULL : context;
}

static void
serves_threads(void)
{
	static char handles[4];
	pthread_t threads[4];
	void *wrong;

	for (size_t i = 0; i < 4; i++)
		CHECK_INT(pthread_create(&threads[i], NULL, work, &handles[i]),
		    0);
	for (size_t i = 0; i < 4; i++) {
		CHECK_INT(pthread_join(threads[i], &wrong), 0);
		CHECK(wrong == NULL);
	}
}

static const struct tap_test tests[] = {
	{ "a statement is found by its handle and name", finds },
	{ "handles and names are kept apart", keeps_apart },
	{ "so are very many handles", keeps_many_apart },
	{ "a statement takes the place of one of the same name", replaces },
	{ "one statement is removed, others stay", removes },
	{ "all statements of a handle are forgotten, others stay", forgets },
	{ "what is kept is a copy", copies },
	{ "beyond the most the newest are not kept", is_bounded },
	{ "threads do not disturb each other", serves_threads },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
