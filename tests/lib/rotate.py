# SPDX-License-Identifier: MIT
"""Hosts write logs, which are rotated, packed and copied, while `tallyman scan
--store` reads them at any instant; then the store must say what was written,
cell by cell. All is drawn from a seed:

    python3 rotate.py [--rotation KIND] [--format NAME] [--seed N] ...

It prints how much was done and exits with 0, or what differs and exits with 1.
What is written is counted here, line by line as it is made, by nothing that
tallyman has a part in. The folder it is run in gets three more: logs, mirror,
store.
"""

import argparse
import collections
import csv
import datetime
import io
import os
import random
import re
import shutil
import subprocess
import sys
import zlib

HEAD = 3 * 1024  # bytes that files may have in common
KINDS = ('UserData', 'Badge', 'City', 'Video')
VERBS = ('get', 'put', 'query', 'delete')

# What a scan may say of a packed file of which nothing can be unpacked yet, and
# of files that are cut under its hands.
HARMLESS = re.compile(r'[.](gz|zst): unexpected end of '
                      '|: cut while it was read$|: (cut|replaced) meanwhile$')


# --- What is written. Each function gives a text, and what it must count for:
# [(hour, file, line, operation, count), ...].

def callcount(host, stamp):
    """A line of a counting hook, among others."""
    if host.draw.random() < 0.3:
        return f'{stamp},123 DEBUG cache hit, ttl={host.draw.random()}\n', []
    number, file, line, operations = host.draw_callcount()
    return (f'{stamp},123 INFO audit {number}: {file}:{line} in save -- '
            f'{", ".join(operations)}\n',
            [(stamp[:13], file, line, one, number) for one in operations])


def dateless(host, stamp):
    """Most lines have no stamp, or only a time."""
    text = ''
    kind = host.draw.choice(('date', 'time', 'none', 'none', 'none'))
    if kind == 'date' or host.seen[:10] != stamp[:10]:
        text = f'--- {stamp} request {host.draw.random()}\n'
        host.seen = stamp
    number, file, line, operations = host.draw_callcount()
    if kind == 'time':
        text += f'{stamp[11:]} '
        host.seen = stamp
    text += f'{number}: {file}:{line} -- {" ".join(operations)}\n'
    return text, [(host.seen[:13], file, line, one, number)
                  for one in operations]


def rails(host, stamp):
    """A request: the date is in its first line, callers below statements."""
    text = (f'Started GET "/{host.draw.random()}" for 10.0.0.7 at {stamp} '
            '-0700\nProcessing by CityController#index as HTML\n')
    cells = []
    for _ in range(host.draw.randrange(4)):
        kind = host.draw.choice(KINDS)
        line = host.draw.randrange(1, 5)
        file = f'app/models/{kind.lower()}.rb'
        text += (f'  {kind} Load (0.{line}ms)  SELECT "x".* FROM "x"\n'
                 f'  \u21b3 {file}:{line}:in `all\'\n')
        cells.append((stamp[:13], file, line, f'{kind}.load', 1))
    return text + 'Completed 200 OK in 3ms\n\n', cells


def postgres(host, stamp):
    """Statements of one line, of several, and said three times."""
    pid = host.draw.randrange(100, 104)
    front = f'{stamp}.123 UTC [{pid}] shop@shop '
    table = host.draw.choice(KINDS).lower()
    line = host.draw.randrange(1, 5)
    key = host.draw.randrange(10 ** 9)
    tag = f"/*file='app%2F{table}.rb',line='{line}'*/"
    cell = (stamp[:13], f'app/{table}.rb', line)
    kind = host.draw.randrange(4)
    if kind == 0:
        return f'{front}LOG:  checkpoint complete: {key}\n', []
    if kind == 1:
        return (f'{front}LOG:  statement: SELECT * FROM {table} WHERE id = '
                f'{key} {tag}\n', [cell + (f'{table}.select', 1)])
    if kind == 2:
        return (f'{front}LOG:  statement: UPDATE {table}\n\tSET a = {key}\n'
                f'\tWHERE id = {key}\n\t{tag}\n'
                f'{front}LOG:  statement: COMMIT\n',
                [cell + (f'{table}.update', 1)])
    text = f'DELETE FROM {table} WHERE id = $1 {tag}\n'
    return ''.join(f'{front}LOG:  duration: 0.{key} ms  {step} <unnamed>: '
                   f'{text}{front}DETAIL:  parameters: $1 = \'{key}\'\n'
                   for step in ('bind', 'execute')), \
        [cell + (f'{table}.delete', 1)]


FORMATS = {'callcount': callcount, 'dateless': dateless, 'rails': rails,
           'postgres': postgres}


class Host:
    """A logger: it writes to the file it has open, whatever its name is."""

    def __init__(self, world, name):
        self.world = world
        self.draw = world.draw
        self.name = name
        self.folder = f'logs/{name}'
        self.path = f'{self.folder}/app.log'
        self.clock = datetime.datetime(2013, 6, 12, 20, 30)
        self.rest = b''      # of a line that is half written
        self.frozen = False  # being copied and truncated
        self.partial = None  # the copy that is being made
        self.rotation = None
        self.serial = 0
        os.makedirs(self.folder)
        self.open()

    def draw_callcount(self):
        file = f'app/{self.draw.choice("abc")}.py'
        return (self.draw.randrange(1, 1000), file, self.draw.randrange(1, 5),
                self.draw.sample([f'{kind}.{verb}' for kind in KINDS
                                  for verb in VERBS], self.draw.choice((1, 2))))

    def open(self):
        """A new file, or the same name again."""
        self.flush()
        self.file = open(self.path, 'ab', buffering=0)
        self.begin()

    def begin(self):
        self.has_head = False
        self.is_bare = True  # nothing of its own was written yet
        self.seen = ''       # the last stamp

    def flush(self):
        if self.rest:
            self.file.write(self.rest)
            self.rest = b''

    def put(self, text):
        """Writes a text, of which the end may wait."""
        data = text.encode()
        self.flush()
        cut = len(data)
        if self.draw.random() < 0.3:
            cut = self.draw.randrange(cut)
        self.file.write(data[:cut])
        self.rest = data[cut:]

    def head(self):
        """What each file begins with, on all hosts: banner lines, or entries
        too."""
        if self.world.heads == 'none':
            return
        line = '2013-06-11 01:02:03,000 INFO starting: no entry in this line\n'
        if self.world.heads == 'equal':
            line = '2013-06-11 01:02:03,000 INFO 3: head.py:7 -- Head.get\n'
        times = HEAD // len(line) + 1
        if self.world.heads == 'equal':
            self.count([('2013-06-11 01', 'head.py', 7, 'Head.get', 3)] * times)
        self.put(line * times)

    def count(self, cells):
        for hour, file, line, operation, count in cells:
            host = self.name if self.world.by_path else ''
            cell = self.world.counted[
                (hour[:10], hour.replace(' ', 'T'), host, file, str(line),
                 operation)]
            cell[0] += count
            cell[1] += 1

    def write(self):
        if self.frozen:
            return
        if not self.has_head:
            self.has_head = True
            self.head()
            return
        self.is_bare = False
        for _ in range(self.draw.randrange(1, 30)):
            self.clock += datetime.timedelta(seconds=self.draw.randrange(99))
            text, cells = FORMATS[self.world.format](
                self, self.clock.strftime('%Y-%m-%d %H:%M:%S'))
            self.put(text)
            self.count(cells)

    # --- Rotations: generators, between whose steps anything may happen.

    def old(self):
        """The files that were rotated, the oldest first: (number, path)."""
        found = [(int(match.group(1)), f'{self.folder}/{name}')
                 for name in os.listdir(self.folder)
                 if (match := re.fullmatch(r'app\.log\.(\d+)(\.\w+)?', name))]
        return sorted(found, reverse=True)

    def shift(self):
        """app.log.1 becomes app.log.2, and so on; the eighth goes."""
        for number, path in self.old():
            if number >= 8:
                self.world.complete()
                os.remove(path)
                continue
            os.rename(path, path.replace(f'.log.{number}',
                                         f'.log.{number + 1}'))
            yield

    def pack(self, path, form):
        """As gzip(1) does it: the packed file grows beside the plain one,
        which is removed then."""
        with open(path, 'rb') as file:
            data = file.read()
        if form == 'zst':
            packed = subprocess.run(['zstd', '-qc'], input=data, check=True,
                                    stdout=subprocess.PIPE).stdout
        else:
            packer = zlib.compressobj(wbits=31)
            packed = packer.compress(data[:9999]) + \
                packer.flush(zlib.Z_SYNC_FLUSH) + \
                packer.compress(data[9999:]) + packer.flush()
        self.partial = f'{path}.{form}'
        cuts = sorted(self.draw.randrange(len(packed) + 1) for _ in range(2))
        with open(self.partial, 'wb', buffering=0) as file:
            for begin, end in zip([0] + cuts, cuts + [len(packed)]):
                file.write(packed[begin:end])
                yield
        self.partial = None
        yield
        os.remove(path)

    def rename(self, then=None):
        yield from self.shift()
        os.rename(self.path, f'{self.path}.1')
        yield
        self.open()
        yield
        if then in ('gz', 'zst'):
            yield from self.pack(f'{self.path}.1', then)
        elif then == 'later' and os.path.exists(f'{self.path}.2'):
            yield from self.pack(f'{self.path}.2', 'gz')

    def copytruncate(self):
        yield from self.shift()
        self.flush()
        self.frozen = True
        with open(self.path, 'rb') as file:
            data = file.read()
        self.partial = f'{self.path}.1'
        with open(self.partial, 'wb', buffering=0) as file:
            cut = self.draw.randrange(len(data) + 1)
            file.write(data[:cut])
            yield
            file.write(data[cut:])
        self.partial = None
        yield
        self.file.truncate(0)
        self.begin()
        yield
        self.frozen = False

    def dated(self):
        self.serial += 1
        path = f'{self.folder}/app.log-{self.clock:%Y%m%d}-{self.serial:05}'
        os.rename(self.path, path)
        yield
        self.open()
        yield
        if self.draw.random() < 0.5:
            yield from self.pack(path, 'gz')

    def next_name(self):
        """A new name for each file: nothing is renamed."""
        self.serial += 1
        self.flush()
        self.path = f'{self.folder}/{self.clock:%Y%m%d}-{self.serial:05}.log'
        yield
        self.open()

    def rotate(self):
        kind = self.world.rotation
        if kind == 'mixed':
            kind = self.draw.choice(('rename', 'gzip', 'later', 'copy'))
        return {'rename': self.rename,
                'gzip': lambda: self.rename('gz'),
                'zstd': lambda: self.rename('zst'),
                'later': lambda: self.rename('later'),
                'copy': self.copytruncate,
                'dated': self.dated,
                'names': self.next_name}[kind]()


class World:
    def __init__(self, options):
        self.__dict__.update(vars(options))
        self.draw = random.Random(self.seed)
        self.counted = collections.defaultdict(lambda: [0, 0])
        self.scans = 0
        self.syncing = None
        self.scanning = None
        self.files = 'logs' if self.copies == 'none' else 'mirror'
        for folder in ('logs', 'mirror', 'store'):
            shutil.rmtree(folder, ignore_errors=True)
        os.mkdir('mirror')
        self.machines = [Host(self, f'web{n}')
                         for n in range(1, self.hosts + 1)]

    # --- Copies.

    def sync(self):
        """As rsync(1) does it: each file under a name with a dot, then
        renamed, in the order of their names, and what is gone at the origin is
        removed before. What is not whole there is not copied: if the original
        went then, nothing would tell it from a log of its own."""
        for root, _, names in os.walk('mirror'):
            for name in names:
                if not os.path.exists(f'logs/{root[7:]}/{name}'):
                    os.remove(f'{root}/{name}')
                    yield
        for root, name in sorted((root, name)
                                 for root, _, names in os.walk('logs')
                                 for name in names):
            folder = f'mirror/{root[5:]}'
            os.makedirs(folder, exist_ok=True)
            if f'{root}/{name}' in [host.partial for host in self.machines]:
                continue
            try:
                shutil.copy2(f'{root}/{name}', f'{folder}/.{name}.x1')
            except FileNotFoundError:
                continue  # as when it is rotated
            yield
            os.rename(f'{folder}/.{name}.x1', f'{folder}/{name}')
            yield

    def rsync(self):
        subprocess.run(['rsync', '-a', '--ignore-times', '--delete',
                        f'--{self.copies[6:]}', 'logs/', 'mirror/'],
                       check=True)
        yield

    def start_sync(self):
        if self.copies == 'none':
            return iter(())
        return self.sync() if self.copies == 'new' else self.rsync()

    def finish_sync(self):
        for _ in self.syncing or ():
            pass
        self.syncing = None

    # --- Scans.

    def start_scan(self):
        """Begins one; others go on meanwhile."""
        self.finish_scan()
        self.scans += 1
        command = ['tallyman', 'scan', '-q', '--store', '--db', 'store']
        if self.by_path:
            command += ['--path-pattern', '/(?<host>web[0-9]+)/']
        self.scanning = subprocess.Popen(
            command + [self.files], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def finish_scan(self):
        if self.scanning is None:
            return
        told, _ = self.scanning.communicate()
        status = self.scanning.returncode
        self.scanning = None
        rest = ''.join(line for line in told.splitlines(True)
                       if not HARMLESS.search(line))
        if rest or status not in (0, 2 if told else 0):
            self.fail(f'scan {self.scans} exits with {status}: {told}')

    def scan(self):
        self.start_scan()
        self.finish_scan()

    def complete(self):
        """A scan of all that there is, before something is removed."""
        self.finish_sync()
        for _ in self.start_sync():
            pass
        self.scan()

    def stored(self):
        done = subprocess.run(
            ['tallyman', 'scan', '-q', '--from-store', '2013-01-01..2014-12-31',
             '--db', 'store', '--by', 'day,hour,host,file,line,operation'],
            stdout=subprocess.PIPE, text=True)
        return {tuple(row[:6]): [int(row[6]), int(row[7])]
                for row in list(csv.reader(io.StringIO(done.stdout)))[1:]}

    def check(self):
        stored = self.stored()
        wrong = [f'{cell}: {self.counted.get(cell)} was written, '
                 f'{stored.get(cell)} is stored'
                 for cell in sorted(set(stored) | set(self.counted))
                 if stored.get(cell) != self.counted.get(cell)]
        if wrong:
            self.fail('\n'.join(wrong[:5] + [f'{len(wrong)} cells differ']))

    def fail(self, why):
        print(f'seed {self.seed}, {self.scans} scans, {self.rotated} '
              f'rotations: {why}')
        sys.exit(1)

    # --- What happens.

    def is_quiet(self):
        """All that was written can be read, and be told apart."""
        return self.copies == 'none' and self.heads == 'none' and \
            not any(host.rest or host.rotation for host in self.machines)

    def step(self):
        host = self.draw.choice(self.machines)
        what = self.draw.random()
        if what < 0.35:
            host.write()
        elif what < 0.45 and self.copies != 'none':
            self.syncing = self.syncing or self.start_sync()
        elif what < 0.65 and self.syncing:
            if next(self.syncing, 'done') == 'done':
                self.syncing = None
        elif what < 0.75:
            self.start_scan()
            if self.draw.random() < 0.5:
                self.finish_scan()
                if self.is_quiet() and self.draw.random() < 0.5:
                    self.check()
        elif host.rotation:
            if next(host.rotation, 'done') == 'done':
                host.rotation = None
        elif not host.is_bare and self.rotated < self.rotations:
            self.rotated += 1
            host.rotation = host.rotate()

    def run(self):
        self.rotated = 0
        while self.rotated < self.rotations:
            self.step()
        for host in self.machines:
            for _ in host.rotation or ():
                pass
            host.rotation = None
            while host.is_bare:
                host.write()
            host.write()
            host.flush()
        self.complete()
        self.check()
        before = self.stored()
        self.complete()
        if self.stored() != before:
            self.fail('one more scan changed something')
        print(f'{self.rotated} rotations, {self.scans} scans, '
              f'{len(self.counted)} cells')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rotation', default='rename',
                        choices=('rename', 'gzip', 'zstd', 'later', 'copy',
                                 'dated', 'names', 'mixed'))
    parser.add_argument('--format', default='callcount', choices=FORMATS)
    parser.add_argument('--copies', default='none',
                        choices=('none', 'new', 'rsync-inplace',
                                 'rsync-append', 'rsync-whole-file'))
    parser.add_argument('--heads', default='none',
                        choices=('none', 'banner', 'equal'))
    parser.add_argument('--by-path', action='store_true')
    parser.add_argument('--hosts', type=int, default=2)
    parser.add_argument('--rotations', type=int, default=8)
    parser.add_argument('--seed', type=int, default=1)
    World(parser.parse_args()).run()


main()
