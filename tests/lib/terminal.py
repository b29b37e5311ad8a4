# SPDX-License-Identifier: MIT
"""A terminal for tests: runs a command on a pseudo terminal and keeps what
its screen shows. Nothing sleeps: expect() waits for what must come, and gives
up after a minute."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

PATIENCE = 60  # seconds


class Terminal:
    def __init__(self, command, width=80, height=24, stdin=None):
        self.main, side = pty.openpty()
        self.size = (width, height)
        self.set_size(width, height)
        self.command = subprocess.Popen(
            command, stdin=side if stdin is None else stdin, stdout=side,
            stderr=side, start_new_session=True, preexec_fn=self.control,
            env=dict(os.environ, TERM='xterm'))
        os.close(side)
        self.is_second = False  # on the second screen
        self.is_hidden = False  # the cursor
        self.too_wide = False   # something was written beyond the edge
        self.rest = ''
        self.first = None       # the first screen, while on the second
        self.clear()

    @staticmethod
    def control():
        fcntl.ioctl(1, termios.TIOCSCTTY, 0)
        # Who runs the tests in the background ignores these for them.
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)

    def set_size(self, width, height):
        fcntl.ioctl(self.main, termios.TIOCSWINSZ,
                    struct.pack('HHHH', height, width, 0, 0))

    def resize(self, width, height):
        self.size = (width, height)
        self.too_wide = False
        self.lines = [line[:width] for line in self.lines[:height]]
        self.at = [0, 0]
        self.set_size(width, height)  # which sends SIGWINCH

    def clear(self):
        self.lines = ['']
        self.at = [0, 0]  # line, column

    def put(self, char):
        line, column = self.at
        if self.is_second and column >= self.size[0]:
            self.too_wide = True
        text = self.lines[line].ljust(column)
        self.lines[line] = text[:column] + char + text[column + 1:]
        self.at[1] += 1

    def down(self):
        self.at[0] += 1
        if self.at[0] == len(self.lines):
            self.lines.append('')
        if self.is_second and self.at[0] >= self.size[1]:
            self.too_wide = True

    def sequence(self, body, letter):
        if letter == 'H':
            self.at = [0, 0]
        elif letter == 'K':
            self.lines[self.at[0]] = self.lines[self.at[0]][:self.at[1]]
        elif letter == 'J' and body == '2':
            self.lines = [''] * (self.at[0] + 1)
        elif letter == 'J':
            self.lines[self.at[0]] = self.lines[self.at[0]][:self.at[1]]
            del self.lines[self.at[0] + 1:]
        elif body == '?25':
            self.is_hidden = letter == 'l'
        elif body == '?1049' and letter == 'h':
            self.first = (self.lines, self.at)
            self.clear()
            self.is_second = True
        elif body == '?1049' and self.is_second:
            self.lines, self.at = self.first
            self.is_second = False

    def feed(self, text):
        text = self.rest + text
        self.rest = ''
        while text:
            match = re.match('\033\\[([?0-9;]*)([A-Za-z])', text)
            if match:
                self.sequence(match.group(1), match.group(2))
                text = text[match.end():]
                continue
            if text[0] == '\033' and len(text) < 16:
                self.rest = text
                return
            if text[0] == '\r':
                self.at[1] = 0
            elif text[0] == '\n':
                self.down()
            else:
                self.put(text[0])
            text = text[1:]

    def read(self, deadline):
        """False when there is nothing more to read."""
        if not select.select([self.main], [], [], deadline - time.time())[0]:
            self.fail('nothing came')
        try:
            some = os.read(self.main, 65536)
        except OSError:
            return False
        self.feed(some.decode(errors='replace'))
        return some != b''

    def shown(self):
        return '\n'.join(self.lines)

    def fail(self, why):
        print(f'{why}; the screen shows:\n{self.shown()}')
        self.command.kill()
        sys.exit(1)

    def wait(self, holds, what):
        deadline = time.time() + PATIENCE
        while not holds():
            if not self.read(deadline) and not holds():
                self.fail(f'ended without {what}')
            if time.time() > deadline:
                self.fail(f'waited for {what}')

    def expect(self, pattern):
        """Waits until the screen shows a text that matches."""
        self.wait(lambda: re.search(pattern, self.shown(), re.M), pattern)

    def start(self):
        """Waits for the first picture."""
        self.wait(lambda: self.is_second, 'a picture')
        self.expect('^COUNT')

    def send(self, number):
        self.command.send_signal(number)

    def end(self, number=signal.SIGINT):
        """Ends it by a signal, None for not at all; returns its status, the
        screen being as it was left."""
        if number is not None:
            self.send(number)
        deadline = time.time() + PATIENCE
        while self.read(deadline):
            pass
        status = self.command.wait(PATIENCE)
        if self.is_second or self.is_hidden:
            self.fail('the terminal was not restored')
        return status


def check(holds, what):
    if not holds:
        print(f'does not hold: {what}')
        sys.exit(1)


def append(path, text):
    with open(path, 'a', encoding='utf-8') as file:
        file.write(text)
