/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "readagain.h"
#include "readcheck.h"

static const char preset_gorm[] = "reader = ahead\nform = gorm\n";
static const char preset_log4jdbc[] = "reader = ahead\nform = log4jdbc\n";

static const char gorm[] =
    "2025/07/05 10:34:03 /srv/app/a.go:1391\n"
    "[165.707ms] [rows:1] SELECT count(*) FROM `user` WHERE a = 1\n"
    "\n"
    "2025/07/05 10:34:04 /srv/app/a.go:1391\r\n"
    "[0.707ms] [rows:1] SELECT count(*) FROM `user` WHERE a = 2\r\n"
    "\n"
    "\033[33m2025/07/06 10:34:05 \033[35mD:/my app/b.go:18\033[0m\n"
    "\033[33m[0.1ms] \033[34;1m[rows:-]\033[0m INSERT INTO `a`\n"
    "VALUES ('x')\n"
    "2025/07/06 10:34:06 /srv/app/b.go:19 SLOW SQL >= 200ms\n"
    "[200.1ms] [rows:3] UPDATE `a` SET b = 1; DELETE FROM `c`\n"
    "[1.1ms] [rows:3] SELECT 1 FROM `d`\n"
    "2025/07/06 10:34:07 /srv/app/b.go:20\n"
    "some other line\n"
    "2025/07/06 10:34:07 started on :8080\n";

static void
gorm_is_read(void)
{
	readcheck(preset_gorm, gorm,
	    "/srv/app/a.go:1391 -- user.select @2025-07-05 10:34:03\n"
	    "/srv/app/a.go:1391 -- user.select @2025-07-05 10:34:04\n"
	    "D:/my app/b.go:18 -- a.insert @2025-07-06 10:34:05\n"
	    "/srv/app/b.go:19 -- a.update, c.delete @2025-07-06 10:34:06\n"
	    "no caller: [1.1ms] [rows:3] SELECT 1 FROM `d`\n"
	    "/srv/app/b.go:20 @2025-07-06 10:34:07\n");
}

static void
gorm_counted_again(void)
{
	readagain_all(preset_gorm, gorm, " \r\n\033[]m`'/-#*;:.0J");
}

static const char log4jdbc[] =
    "2021-04-05 11:00:37.379 [main] DEBUG jdbc.sqltiming -  "
    "a.b.Dao.save(Dao.java:54)\n"
    "1. insert into course (name) values ('x')\n"
    "2021-04-05 11:00:38.379 [main] DEBUG jdbc.sqltiming -  "
    "a.b.Dao.save(Dao.java:54)\n"
    "2. insert into course (name)\n"
    "values ('y')\n"
    "\n"
    "11:00:39.379 [main] DEBUG jdbc.sqlonly -  a.b.Dao.all(Dao.java:60)\n"
    "3. select * from course\n"
    "4. select 1\n"
    "11:00:40.379 [main] DEBUG jdbc.audit - 1. Connection.new\n";

static void
log4jdbc_is_read(void)
{
	readcheck(preset_log4jdbc, log4jdbc,
	    "Dao.java:54 in a.b.Dao.save -- course.insert "
	    "@2021-04-05 11:00:37\n"
	    "Dao.java:54 in a.b.Dao.save -- course.insert "
	    "@2021-04-05 11:00:38\n"
	    "Dao.java:60 in a.b.Dao.all -- course.select "
	    "@2021-04-05 11:00:39\n"
	    "no caller: 4. select 1\n");
}

static void
log4jdbc_counted_again(void)
{
	readagain_all(preset_log4jdbc, log4jdbc, " \r\n\033[m'/-#;:.0J");
}

static const struct tap_test tests[] = {
	{ "GORM names the caller above its statement", gorm_is_read },
	{ "GORM's entries are counted again as they were made",
	    gorm_counted_again },
	{ "log4jdbc names the caller above its statement", log4jdbc_is_read },
	{ "log4jdbc's entries are counted again as they were made",
	    log4jdbc_counted_again },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
