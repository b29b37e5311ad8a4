// SPDX-License-Identifier: MIT
// duckdb.js LOG [KIND]: scan.sh's job for DuckDB, inside this process, on two
// threads. It finds a callcount by its form, as tallyman does.
"use strict";
const { DuckDBInstance } = require("@duckdb/node-api");
const [log, kind] = process.argv.slice(2);

const form = "(\\d+): ([^ :]+):(\\d+)(?: in [^ ]+)? -- (.*)";
const sql = `
WITH hit AS (
	SELECT regexp_extract(line, '${form}',
		['count', 'file', 'number', 'operations']) AS found
	FROM read_csv('${log}', columns = { 'line': 'VARCHAR' },
		delim = chr(1), quote = '', escape = '', header = false,
		auto_detect = false)
	WHERE ${kind ? `contains(line, ' ${kind}.') AND` : ""}
		contains(line, ' -- ')),
each AS (
	SELECT
		found.file AS file,
		found.number AS number,
		found.count::UBIGINT AS count,
		unnest(string_split(found.operations, ', ')) AS operation
	FROM hit
	WHERE found.count <> '')
SELECT file, number, operation, sum(count)::UBIGINT
FROM each
${kind ? `WHERE starts_with(operation, '${kind}.')` : ""}
GROUP BY file, number, operation`;

async function main() {
	const db = await DuckDBInstance.create(":memory:", { threads: "2" });
	const answer = await (await db.connect()).runAndReadAll(sql);
	for (const row of answer.getRows())
		console.log(row.join(","));
}

main();
