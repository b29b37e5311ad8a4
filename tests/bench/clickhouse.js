// SPDX-License-Identifier: MIT
// clickhouse.js form|trust LOG [KIND]: scan.sh's job for ClickHouse, inside
// this process (package chdb), on two threads. It finds a callcount by its
// form, as tallyman does, or trusts where the words stand in this log.
"use strict";
const { query } = require("chdb");
const [how, log, kind] = process.argv.slice(2);

const form = "(\\\\d+): ([^ :]+):(\\\\d+)(?: in [^ ]+)? -- (.*)";
const columns = {
	form: `
		extractGroups(line, '${form}') AS found,
		toUInt64OrZero(found[1]) AS count,
		found[2] AS file,
		found[3] AS number,
		found[4] AS operations`,
	trust: `
		splitByChar(' ', line, 7) AS words,
		toUInt64OrZero(trimRight(words[5], ':')) AS count,
		splitByChar(':', words[6]) AS site,
		site[1] AS file,
		site[2] AS number,
		substring(line, position(line, ' -- ') + 4) AS operations`,
};
const needle = { form: " -- ", trust: " audit " };

process.stdout.write(query(`
SELECT file, number, operation, sum(count) FROM (
	SELECT ${columns[how]}
	FROM file('${log}', 'LineAsString', 'line String')
	WHERE ${kind ? `position(line, ' ${kind}.') > 0 AND` : ""}
		position(line, '${needle[how]}') > 0)
ARRAY JOIN splitByString(', ', operations) AS operation
WHERE count > 0 ${kind ? `AND startsWith(operation, '${kind}.')` : ""}
GROUP BY file, number, operation
SETTINGS max_threads = 2`, "CSV"));
