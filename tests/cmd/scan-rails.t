#!/bin/sh
# SPDX-License-Identifier: MIT
# tallyman scan of logs whose callers stand on lines of their own: Rails,
# Ecto, GORM, log4jdbc. First small ones, then real ones.
. "${top_srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

header=day,file,line,function,operation,count,entries
esc=$(printf '\033')

# rows [OPTION|FILE]...: without the header.
rows()
{
	tallyman scan -q "$@" | tail -n +2
}

# --- Rails.

cat >rails.log <<EOF
Started GET "/cities" for ::1 at 2021-04-05 23:10:00 -0700
Processing by CitiesController#index as JSON
  ${esc}[1m${esc}[36mCity Load (0.5ms)${esc}[0m  ${esc}[1m${esc}[34mSELECT "cities".* FROM "cities"${esc}[0m
  ↳ app/controllers/cities_controller.rb:4:in \`index'
  ${esc}[1m${esc}[36mCACHE City Load (0.0ms)${esc}[0m  ${esc}[1m${esc}[34mSELECT "cities".* FROM "cities"${esc}[0m
  ↳ app/controllers/cities_controller.rb:5:in \`index'
  TRANSACTION (0.1ms)  begin transaction
  ↳ app/controllers/cities_controller.rb:12:in \`create'
  City Create (0.4ms)  INSERT INTO "cities" ("name")
                     VALUES (?)  [["name", "a
b"]]
  ↳ app/controllers/cities_controller.rb:12:in \`create'
  City Exists? (0.2ms)  SELECT 1 AS one FROM "cities"
  ↳ app/views/cities/index.html.erb:7
   (0.3ms)  SELECT COUNT(*) FROM "cities"
  ↳ (byebug):1:in \`index'
  ↳ app/controllers/lonely_controller.rb:3:in \`index'
[ActiveJob] [Mailer] [f00]   City Update All (0.4ms)  UPDATE "cities" SET "a" = 1
  City Load (0.5ms)  SELECT "cities".* FROM "cities"
[ActiveJob] [Mailer] [f00]   ↳ app/jobs/mailer.rb:8:in \`perform'
  ↳ app/models/city.rb:7:in \`all'
  City Load (0.5ms)  SELECT "cities".* FROM "cities" /*application:Shop,line:/app/models/city.rb:4:in \`all'*/
  ↳ app/models/city.rb:4:in \`all'
  City Load (0.5ms)  SELECT "cities".* FROM "cities" /*application:Shop,line:/app/models/city.rb:9:in \`all'*/
  City Load (0.5ms)  SELECT "cities".* FROM "cities"
Started GET "/cities at 5" for ::1 at 2021-04-06 00:10:00 -0700
  ↳ app/models/city.rb:4:in \`all'
EOF

rails="2021-04-05,(byebug),1,index,cities.select,1,1
2021-04-05,/app/models/city.rb,9,all,City.load,1,1
2021-04-05,app/controllers/cities_controller.rb,4,index,City.load,1,1
2021-04-05,app/controllers/cities_controller.rb,5,index,City.cached,1,1
2021-04-05,app/controllers/cities_controller.rb,12,create,City.create,1,1
2021-04-05,app/controllers/cities_controller.rb,12,create,transaction.begin,1,1
2021-04-05,app/controllers/lonely_controller.rb,3,index,,1,1
2021-04-05,app/jobs/mailer.rb,8,perform,City.update_all,1,1
2021-04-05,app/models/city.rb,4,all,City.load,1,1
2021-04-05,app/models/city.rb,7,all,City.load,1,1
2021-04-05,app/views/cities/index.html.erb,7,,City.exists?,1,1
2021-04-06,app/models/city.rb,4,all,,1,1"
check_output 'each statement counts for the caller below it' \
    "$header
$rails" tallyman scan rails.log
check_message 'the preset is told' 'preset: rails for 1 file$' \
    tallyman scan rails.log
check_message 'what no file has counts as unresolved' \
    '1 without a resolvable caller,' tallyman scan rails.log
check_message 'a statement without an arrow is told' \
    '1 statement without a caller' tallyman scan rails.log
check_message 'tag and arrow count once' '1 repeat not counted' \
    tallyman scan rails.log
sed 's/$/\r/' rails.log >crlf.log
check_output 'CR LF ends lines too' "$rails" rows crlf.log
check_output 'neither a transaction nor the cache is a write' \
    'City.create,1,1
City.update_all,1,1' rows --by operation --writes rails.log
check_output 'nor a read' \
    'City.exists?,1,1
City.load,4,4
cities.select,1,1' rows --by operation --reads rails.log
check_output 'a caller whose statement is not known stays' \
    ',2,2' sh -c 'tallyman scan -q --by operation rails.log | sed -n 2p'

cat >two.log <<EOF
  ↳ app/a.rb:1:in \`a'
Started GET "/" for ::1 at 2021-04-05 10:00:00 -0700
  City Load (0.5ms)  SELECT "cities".* FROM "cities"
Started GET "/" for ::1 at 2021-04-05 10:00:01 -0700
  ↳ app/a.rb:2:in \`a'
EOF
check_output 'a new request forgets what waited' \
    ',app/a.rb,1,a,,1,1
2021-04-05,app/a.rb,2,a,,1,1' rows two.log
check_message 'an arrow above all dates has no day' '1 without a day' \
    tallyman scan two.log

printf '  ↳ nonsense\n' >>two.log
check_message 'an arrow to nowhere is malformed' \
    'two\.log:6: an arrow without file and line' tallyman scan two.log

# --- Ecto.

cat >ecto.log <<'EOF'
2021-04-05 10:00:00.123 [debug] QUERY OK source="users" db=0.5ms
SELECT u0."id" FROM "users" AS u0 []
↳ Demo.UserController.index/2, at: lib/demo/user_controller.ex:8
2021-04-05 10:00:01.123 [debug] QUERY OK source="users" db=0.5ms decode=0.1ms
INSERT INTO "users" ("name")
VALUES ($1) ["x"]
↳ Demo.UserController.create/2, at: lib/demo/user_controller.ex:12
2021-04-05 10:00:02.123 [debug] QUERY ERROR source="users" db=0.5ms
DELETE FROM "users" AS u0 []
↳ anonymous fn/1 in Demo.Sweep.run/0, at: lib/demo/sweep.ex:3
2021-04-05 10:00:03.123 [debug] QUERY OK db=0.5ms
SELECT 1 []
EOF
check_output 'Ecto names function and file behind its arrow' \
    '2021-04-05,lib/demo/sweep.ex,3,anonymous fn/1 in Demo.Sweep.run/0,users.delete,1,1
2021-04-05,lib/demo/user_controller.ex,8,Demo.UserController.index/2,users.select,1,1
2021-04-05,lib/demo/user_controller.ex,12,Demo.UserController.create/2,users.insert,1,1' \
    rows ecto.log
check_message 'Ecto is found by itself' \
    'preset: ecto for 1 file$' tallyman scan ecto.log

# --- GORM.

cat >gorm.log <<EOF

2025/07/05 10:34:03 /srv/app/restful.go:1391
[165.707ms] [rows:1] SELECT count(*) FROM \`user\`

2025/07/06 10:34:46 ${esc}[32m/srv/app/restful.go:12 ${esc}[35mrecord not found
${esc}[0m${esc}[33m[99.758ms] ${esc}[34;1m[rows:0]${esc}[0m UPDATE \`user\` SET
name = 'x'

2025/07/06 10:34:47 D:/app/main.go:18 SLOW SQL >= 200ms
[299.758ms] [rows:-] DELETE FROM \`user\`
[1.000ms] [rows:1] SELECT * FROM \`orphan\`
EOF
check_output 'GORM names the caller above its statement' \
    '2025-07-05,/srv/app/restful.go,1391,,user.select,1,1
2025-07-06,/srv/app/restful.go,12,,user.update,1,1
2025-07-06,D:/app/main.go,18,,user.delete,1,1' rows gorm.log
check_message 'GORM is found by itself' 'preset: gorm for 1 file$' \
    tallyman scan gorm.log
check_message 'a second statement has no caller, and is told' \
    '3 of 3 entries counted, 1 statement without a caller' \
    tallyman scan gorm.log

# --- log4jdbc.

cat >jdbc.log <<'EOF'
2024-11-16 11:00:37.379 [main] DEBUG jdbc.sqltiming -  org.shop.Dao.save(Dao.java:54)
1. insert into course (name)
values ('x')
 {executed in 1 msec}
2024-11-16 11:00:38.379 [main] DEBUG jdbc.sqlonly -  org.shop.Dao.load(Dao.java:60)
2. select * from course
EOF
check_output 'log4jdbc names the caller above its statement' \
    '2024-11-16,Dao.java,54,org.shop.Dao.save,course.insert,1,1
2024-11-16,Dao.java,60,org.shop.Dao.load,course.select,1,1' rows jdbc.log
check_message 'log4jdbc is found by itself' 'preset: log4jdbc for 1 file$' \
    tallyman scan jdbc.log

# --- Real logs.

log=$data/flavortown-rails6.log.gz
if [ ! -f "$log" ]; then
	skip 'they are missing' 'real logs'
	done_testing
fi

gzip -dc "$log" >real.log
seq 12 | while read -r _; do cat real.log; done >twelve.log
tallyman scan -q -p rails "$log" >whole.csv

# As flavortown-sites-by-day.csv has it: day, file:line, entries.
sites_by_day()
{
	tallyman scan -q -p rails --by day,file,line "$log" |
	    awk -F, 'NR > 1 { print $1 "," $2 ":" $3 "," $5 }' | sort
}
independent_count()
{
	sites_by_day >got.csv
	sort "$data/flavortown-sites-by-day.csv" | cmp - got.csv
}
check 'every row of the real log equals an independent count' \
    independent_count
check_output 'there are 193 sites and days' 193 \
    sh -c 'wc -l <got.csv'
check_output 'their entries sum up to its arrows' 13328 \
    awk -F, '{ n += $3 } END { print n }' got.csv

# same [OPTION|FILE]...: the same rows as of the packed log.
same()
{
	tallyman scan -q "$@" | cmp whole.csv -
}
check 'its preset is found' same "$log"
check 'unpacked it is the same' same real.log
check 'in pieces on standard input it is the same' \
    sh -c 'dd if=real.log bs=1009 2>/dev/null | tallyman scan -q |
	cmp whole.csv -'

awk -F, -v OFS=, 'NR > 1 { $6 *= 12; $7 *= 12 } 1' whole.csv >twelve.csv
for threads in 1 2 8; do
	check "-j $threads: twelve of it, cut into ranges, are twelve times it" \
	    sh -c 'tallyman scan -q -j "$1" twelve.log | cmp twelve.csv -' \
	    sh "$threads"
done

spike()
{
	tallyman diff -q --by site --top 1 --format quickfix \
	    whole.csv@2021-04-04 whole.csv@2021-04-05
}
check_output 'the spike is found from the tally' \
    'app/controllers/cities_controller.rb:4: 736 -> 3463 (+370 %)' spike

# found FILE PRESET ENTRIES
found()
{
	tallyman scan "$data/$1" >/dev/null 2>said || return
	grep -q "preset: $2 for 1 file\$" said &&
	    grep -q ", $3 of $3 entr" said
}
check 'etcd is zap-json, with 42 callers' found etcd_zap_json.log zap-json 42
check 'glog is klog, with 7' found glog-lnav.log klog 7
check 'GORM has 8' found gorm-ego.log gorm 8
check 'zap-console has 1' found lnav_logfile_zap_console.0 zap-console 1
check 'logplex has 1' found postgres-logplex-pgbadger.log.gz postgres-syslog 1
site=2021-09-07,/app/workers/redundant_updates
site=$site/update_checkers_with_missions.rb,5,perform
check_output 'it is on line 5 of perform' "$site,checkers.update,1,1" \
    rows "$data/postgres-logplex-pgbadger.log.gz"

done_testing
