# SPDX-License-Identifier: MIT
"""A git repository with a history like that of a real program, in which one
commit put a loop around a line that was there before (an N+1):

    python3 history.py [--commits N] [--innocent] FOLDER SEED

makes FOLDER and prints, for a shell's eval,

    old=ID new=ID culprit=ID       the revisions, and the commit between them
    old_site=FILE:LINE             the line in both
    new_site=FILE:LINE
    function=NAME operation=Kind.verb

Some 40 files, half of them like Ruby and half like Python, are edited,
renamed, moved and indented anew; functions come, go and move to other files;
lock files are updated; branches are merged. About a third of the commits lie
between the revisions. With --innocent none of these touches the line, its
function, its file, what calls it, or settings, and the culprit is empty. The
same seed makes the same ids, with any git.
"""

import argparse
import os
import random
import subprocess

NOUNS = ('badge', 'video', 'playlist', 'exercise', 'topic', 'student', 'coach',
         'answer', 'comment', 'goal', 'session', 'notice', 'mission', 'avatar',
         'article', 'report', 'invoice', 'search', 'profile', 'friend')
VERBS = ('award', 'refresh', 'collect', 'summarise', 'rename', 'publish',
         'archive', 'notify', 'merge', 'count', 'export', 'schedule',
         'validate', 'expire', 'rank', 'suggest')
WORDS = ('points', 'energy', 'streak', 'total', 'limit', 'offset', 'title',
         'level', 'progress', 'created', 'context', 'score', 'state', 'owner')
AUTHORS = ('Ada', 'Ben', 'Chi', 'Dora', 'Emre', 'Fay')
START = 1367366400  # 2013-05-01


class Line:
    """A line of a function: how deep it is in it, and its text."""

    def __init__(self, depth, text):
        self.depth = depth
        self.text = text


class Function:
    def __init__(self, name, arguments, body):
        self.name = name
        self.arguments = arguments
        self.body = body


class File:
    """A class with functions, in one of two languages."""

    def __init__(self, path, kind, is_ruby):
        self.path = path
        self.kind = kind
        self.is_ruby = is_ruby
        self.width = 2 if is_ruby else 4
        self.functions = []
        self.header = []

    def lines(self):
        """Pairs of a text and the Line that it is, or None."""
        if self.is_ruby:
            yield '# frozen_string_literal: true', None
        for text in self.header:
            yield text, None
        yield '', None
        yield ('class %s < Record' if self.is_ruby
               else 'class %s(Record):') % self.kind, None
        for i, function in enumerate(self.functions):
            if i > 0:
                yield '', None
            yield from self.function_lines(function)
        if self.is_ruby:
            yield 'end', None

    def function_lines(self, function):
        indent = ' ' * self.width
        arguments = ', '.join(function.arguments)
        if self.is_ruby:
            yield '%sdef %s(%s)' % (indent, function.name, arguments), None
        else:
            yield '%sdef %s(self, %s):' % (indent, function.name,
                                           arguments), None
        for line in function.body:
            yield indent * (2 + line.depth) + line.text, line
        if self.is_ruby:
            yield indent + 'end', None

    def text(self):
        return ''.join(text + '\n' for text, _ in self.lines())

    def line_of(self, wanted):
        for number, (_, line) in enumerate(self.lines(), 1):
            if line is wanted:
                return number
        raise LookupError


class History:
    def __init__(self, seed, commits, is_innocent):
        self.random = random.Random(seed)
        self.commits = commits
        self.is_innocent = is_innocent
        self.files = []
        self.lock = ['rails (3.2.%d)' % i for i in range(9)]
        self.stream = []
        self.mark = 0
        self.trees = {0: {}}  # by mark: from paths to texts
        self.head = 0
        self.branch = None  # (mark, file, how many commits it still gets)
        self.in_window = False
        self.site = None  # (file, function, line)

    # What the code is made of.

    def pick(self, things):
        return self.random.choice(things)

    def chance(self, share):
        return self.random.random() < share

    def statement(self, file):
        """The lines of one statement."""
        a, b = self.random.sample(WORDS, 2)
        number = self.random.randrange(2, 90)
        kind = self.pick(NOUNS).capitalize()
        other = self.pick(self.pick(self.files or [file]).functions or
                          [Function('touch', [], [])]).name
        end = [Line(0, 'end')] if file.is_ruby else []
        condition = ('if %s > %d' if file.is_ruby else 'if %s > %d:') % (
            a, number)
        return self.pick((
            [Line(0, '%s = %s + %d' % (a, b, number))],
            [Line(0, '%s = %s.%s(%s)' % (
                a, kind, self.pick(('find', 'where', 'get_by_id')), b))],
            [Line(0, 'log.info("%s of %s: %d")' % (a, b, number))],
            [Line(0, '%s = %s(%s, %d)' % (a, other, b, number))],
            [Line(0, 'self.%s = max(%s, %d)' % (a, b, number))],
            [Line(0, condition), Line(1, 'return %s' % b)] + end))

    def function(self, file):
        name = '%s_%s' % (self.pick(VERBS), self.pick(NOUNS))
        body = []
        for _ in range(self.random.randrange(2, 8)):
            body += self.statement(file)
        body.append(Line(0, 'return %s' % self.pick(WORDS)))
        return Function(name, self.random.sample(WORDS, 2), body)

    def new_file(self, number):
        is_ruby = number % 2 == 0
        noun = NOUNS[number // 2 % len(NOUNS)]
        folder = self.pick(('app/models', 'app/services', 'lib') if is_ruby
                           else ('api', 'jobs', 'core/util'))
        name = noun if number < 2 * len(NOUNS) else '%s_%d' % (noun, number)
        file = File('%s/%s.%s' % (folder, name, 'rb' if is_ruby else 'py'),
                    noun.capitalize(), is_ruby)
        file.header = ['%s %s' % ('require' if is_ruby else 'import', word)
                       for word in self.random.sample(WORDS, 2)]
        for _ in range(self.random.randrange(3, 9)):
            file.functions.append(self.function(file))
        return file

    def plant_site(self):
        file = self.pick(self.files)
        function = self.pick(file.functions)
        text = 'record = UserData.%s(owner_id)' % (
            'find' if file.is_ruby else 'get')
        line = Line(0, text)
        function.name = 'load_%s_owner' % file.kind.lower()
        function.body.insert(self.top_level(function), line)
        self.site = (file, function, line)

    def top_level(self, function):
        """Where a statement may go."""
        places = [i for i, line in enumerate(function.body)
                  if line.depth == 0 and line.text != 'end']
        return self.pick(places)

    # What commits do.

    def free_files(self):
        """Those that the branch does not work on."""
        files = [file for file in self.files
                 if self.branch is None or file is not self.branch[1]]
        if self.is_innocent and self.in_window:
            files = [file for file in files if self.is_beside(file)]
        return files

    def is_beside(self, file):
        """Whether neither the site nor its function's name is there."""
        return file is not self.site[0] and \
            self.site[1].name not in file.text()

    def edit(self, file):
        """Changes a statement or two of a function."""
        function = self.pick(file.functions)
        for _ in range(self.random.randrange(1, 3)):
            line = self.pick(function.body)
            if line is not self.site[2] and ' = ' in line.text:
                line.text = self.plain_statement(file).text
            else:
                self.insert(file, function)
        return '%s: mend %s' % (file.kind.lower(), function.name)

    def plain_statement(self, file):
        while True:
            lines = self.statement(file)
            if len(lines) == 1 and self.is_allowed(lines[0]):
                return lines[0]

    def is_allowed(self, line):
        return not (self.is_innocent and self.in_window and
                    self.site[1].name in line.text)

    def insert(self, file, function):
        at = self.top_level(function)
        function.body[at:at] = [self.plain_statement(file)]

    def extend(self, file):
        function = self.function(file)
        while not all(self.is_allowed(line) for line in function.body):
            function = self.function(file)
        file.functions.insert(self.random.randrange(len(file.functions) + 1),
                              function)
        return '%s: add %s' % (file.kind.lower(), function.name)

    def remove(self, file):
        functions = [f for f in file.functions if f is not self.site[1]]
        if len(functions) < 3:
            return self.extend(file)
        function = self.pick(functions)
        file.functions.remove(function)
        return '%s: remove %s, which nobody calls' % (file.kind.lower(),
                                                      function.name)

    def move_function(self, file):
        others = [f for f in self.free_files()
                  if f.is_ruby == file.is_ruby and f is not file]
        functions = [f for f in file.functions if f is not self.site[1]]
        if not others or len(functions) < 3:
            return self.edit(file)
        function = self.pick(functions)
        other = self.pick(others)
        file.functions.remove(function)
        other.functions.append(function)
        return 'move %s to %s' % (function.name, other.kind.lower())

    def rename(self, file):
        folder, name = os.path.split(file.path)
        folder = self.pick(['app/domain', 'core', 'lib/shared', folder])
        stem, dot, end = name.partition('.')
        path = '%s/%s%s.%s' % (folder, self.pick(['', 'old_', 'the_']), stem,
                               end)
        if any(other.path == path for other in self.files):
            return self.edit(file)
        was, file.path = file.path, path
        return 'rename %s to %s' % (was, path)

    def indent(self, file):
        file.width = 6 - file.width
        return '%s: indent anew' % file.kind.lower()

    def update_lock(self):
        if self.is_innocent and self.in_window:
            return None
        self.lock[self.random.randrange(len(self.lock))] = 'gem (%d.%d)' % (
            self.random.randrange(5), self.random.randrange(30))
        return 'update dependencies'

    def wrap(self):
        """The culprit: a loop around the site's line."""
        file, function, site = self.site
        at = function.body.index(site)
        site.depth += 1
        before = [Line(0, 'owner_ids.each do |owner_id|')] if file.is_ruby \
            else [Line(0, 'for owner_id in owner_ids:')]
        after = [Line(1, 'records.append(record)')]
        after += [Line(0, 'end')] if file.is_ruby else []
        function.body[at:at + 1] = before + [site] + after
        return '%s: look at all owners' % file.kind.lower()

    def change(self, file):
        return self.random.choices(
            (self.edit, self.extend, self.remove, self.move_function,
             self.rename, self.indent), (50, 15, 6, 6, 5, 3))[0](file)

    # Commits.

    def tree(self):
        tree = {file.path: file.text() for file in self.files}
        tree['Gemfile.lock'] = '\n'.join(self.lock) + '\n'
        return tree

    def commit(self, message, tree, parents):
        self.mark += 1
        author = '%s <%s@example.org> %d +0000' % (
            AUTHORS[self.mark % len(AUTHORS)],
            AUTHORS[self.mark % len(AUTHORS)].lower(),
            START + 10000 * self.mark)
        self.stream.append('commit refs/heads/main\nmark :%d\nauthor %s\n'
                           'committer %s\n' % (self.mark, author, author))
        self.stream.append('data %d\n%s\n' % (len(message), message))
        for i, parent in enumerate(parents):
            self.stream.append('%s :%d\n' % ('merge' if i else 'from', parent))
        was = self.trees[parents[0] if parents else 0]
        for path in sorted(set(was) - set(tree)):
            self.stream.append('D %s\n' % path)
        for path in sorted(tree):
            if tree[path] != was.get(path):
                self.stream.append('M 100644 inline %s\ndata %d\n%s\n' % (
                    path, len(tree[path].encode()), tree[path]))
        self.trees[self.mark] = tree
        return self.mark

    def commit_main(self, message):
        """On the main branch, without what the side branch changed."""
        tree = self.tree()
        if self.branch is not None:
            path = self.branch[1].path
            tree[path] = self.trees[self.head][path]
        self.head = self.commit(message, tree, [self.head])

    def step_branch(self):
        """Begins a side branch, adds to it, or merges it."""
        if self.branch is None:
            files = self.free_files()
            self.branch = (self.head, self.pick(files), 1 +
                           self.random.randrange(3))
            return
        mark, file, left = self.branch
        if left == 0:
            tree = dict(self.trees[self.head])
            tree[file.path] = file.text()
            self.head = self.commit('Merge branch', tree, [self.head, mark])
            self.branch = None
            return
        message = self.edit(file)
        tree = dict(self.trees[mark])
        tree[file.path] = file.text()
        self.branch = (self.commit(message, tree, [mark]), file, left - 1)

    def step(self):
        if self.chance(.15):
            self.step_branch()
            return
        message = None
        if self.chance(.05):
            message = self.update_lock()
        if message is None:
            message = self.change(self.pick(self.free_files()))
            if self.chance(.3):
                self.edit(self.pick(self.free_files()))
        self.commit_main(message)

    def end_branch(self):
        while self.branch is not None:
            self.step_branch()

    def where(self):
        file, _, line = self.site
        return '%s:%d' % (file.path, file.line_of(line))

    def run(self):
        """All commits; the marks and places that are printed."""
        for number in range(40):
            self.files.append(self.new_file(number))
        self.plant_site()
        self.head = self.commit('begin', self.tree(), [])
        old = self.commits * 6 // 10
        culprit = old + 5 + self.random.randrange(self.commits // 4)
        found = {'culprit': 0}
        while self.mark < self.commits:
            if not self.in_window and self.mark >= old:
                self.end_branch()
                found.update(old=self.head, old_site=self.where())
                self.in_window = True
            if self.mark >= culprit and not self.is_innocent and \
                    found['culprit'] == 0:
                self.end_branch()
                self.commit_main(self.wrap())
                found['culprit'] = self.head
            self.step()
        self.end_branch()
        found.update(new=self.head, new_site=self.where())
        return found


def git(folder, *arguments, data=None):
    return subprocess.run(
        ('git', '-C', folder, '-c', 'core.fsync=none') + arguments, input=data,
        check=True, stdout=subprocess.PIPE).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--commits', type=int, default=240)
    parser.add_argument('--innocent', action='store_true')
    parser.add_argument('folder')
    parser.add_argument('seed', type=int)
    options = parser.parse_args()
    history = History(options.seed, options.commits, options.innocent)
    found = history.run()
    os.makedirs(options.folder)
    git(options.folder, 'init', '-q', '-b', 'main')
    git(options.folder, 'fast-import', '--quiet', '--export-marks=.git/marks',
        data=''.join(history.stream).encode())
    git(options.folder, 'reset', '-q', '--hard', 'main')
    ids = {0: ''}
    with open(os.path.join(options.folder, '.git/marks')) as marks:
        for line in marks:
            mark, commit = line.split()
            ids[int(mark[1:])] = commit
    for name in ('old', 'new', 'culprit'):
        print('%s=%s' % (name, ids[found[name]]))
    print('old_site=%s' % found['old_site'])
    print('new_site=%s' % found['new_site'])
    print('function=%s' % history.site[1].name)
    call = history.site[2].text.split(' = ')[1]
    print('operation=%s' % call.partition('(')[0])


main()
