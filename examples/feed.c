/* SPDX-License-Identifier: MIT */
/*
 * A program that counts its own operations with libtallyman:
 *
 *	cc -o feed feed.c -ltallyman
 *	TALLYMAN_LOG=feed.log ./feed
 *	tallyman scan feed.log
 */
#include <stdio.h>
#include <tallyman.h>

/* Stands for a put into some datastore that nobody else watches. */
static int
put(const char *kind, int key)
{
	return kind != NULL && key >= 0 ? 0 : -1;
}

static int
save_all(int users)
{
	int failed = 0;

	for (int user = 0; user < users; user++) {
		failed += put("UserData", user) != 0;
		TALLYMAN_COUNT("UserData.put");
	}
	return failed;
}

int
main(void)
{
	int failed = save_all(1000);

	/* Many at once, as a bulk insert is. */
	TALLYMAN_COUNT_N("Feed.insert", 250);
	printf("%d failed\n", failed);
	return failed == 0 ? 0 : 1;
}
