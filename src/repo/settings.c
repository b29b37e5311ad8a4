/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "repo/settings.h"

#include <fnmatch.h>

#include "base/buf.h"

/* A * stands for slashes too: all paths are matched as /PATH. */
static const char *const settings[] = { "*/Gemfile", "*/Pipfile",
	"*/Dockerfile", "*/Procfile", "*/Cargo.toml", "*/composer.json",
	"*/package.json", "*/go.mod", "*/go.sum", "*/pyproject.toml",
	"*/setup.cfg", "*/requirements*.txt", "*.gemspec", "*.lock",
	"*-lock.json", "*-lock.yaml", "*/pom.xml", "*.gradle", "*/schema.rb",
	"*/structure.sql", "*schema*.sql", "*/migrate/*", "*/migrations/*",
	"*/crontab", "*cron*.y*ml", "*.cron", "*/cron.d/*", "*/schedule.rb",
	"/config/*", "*/config/*", "*/.env", "*/.env.*", "*.y*ml", "*.toml",
	"*.ini", "*.cfg", "*.conf", "*.properties", NULL };

static const char *const others[] = { "*/test/*", "*/tests/*", "*/spec/*",
	"*/fixtures/*", "*/locales/*", "*/locale/*", "*/i18n/*", "*/docs/*",
	"*/.github/*", "*/.gitlab*", "*/.travis.yml", "*/.rubocop*", NULL };

static bool
matches(const char *path, const char *const *patterns)
{
	for (size_t i = 0; patterns[i] != NULL; i++)
		if (fnmatch(patterns[i], path, 0) == 0)
			return true;
	return false;
}

bool
settings_path(struct slice path)
{
	struct buf buf = { 0 };
	bool is_one;

	buf_add_char(&buf, '/');
	buf_add(&buf, path);
	buf_add_char(&buf, '\0');
	is_one = matches(buf.ptr, settings) && !matches(buf.ptr, others);
	buf_release(&buf);
	return is_one;
}
