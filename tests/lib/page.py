# SPDX-License-Identifier: MIT
"""
page.py FILE.html: what is wrong with a report as a page, one line each; exits
1 if anything is. Elements must be closed in order, nothing may be asked for
from elsewhere, and the policy must allow the scripts and the style that are
there, and nothing more.
"""
import base64
import hashlib
import html.parser
import re
import sys

VOID = {"meta", "link", "input", "wbr", "br"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.wrong = []
        self.policy = ""
        self.texts = {"script": [], "style": []}

    def handle_starttag(self, tag, attributes):
        if tag not in VOID:
            self.open.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.wrong.append("<%s> has an attribute twice" % tag)
        for name, value in attributes:
            if name == "style" or name.startswith("on"):
                self.wrong.append("<%s> has %s" % (tag, name))
            if name in ("src", "href", "action") and \
                    not value.startswith("data:"):
                self.wrong.append("<%s> refers to %s" % (tag, value))
        if dict(attributes).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attributes)["content"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("</%s> closes nothing (line %d)" %
                              (tag, self.getpos()[0]))

    def handle_data(self, data):
        if self.open and self.open[-1] in self.texts:
            self.texts[self.open[-1]][-1] += data

    def handle_comment(self, data):
        self.wrong.append("a comment: " + data[:40])


def source(text):
    digest = hashlib.sha256(text.encode()).digest()
    return "'sha256-%s'" % base64.b64encode(digest).decode()


def check(text):
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        page.wrong.append("never closed: " + " ".join(page.open))
    wanted = {
        "default-src": ["'none'"],
        "script-src": sorted(map(source, page.texts["script"])),
        "style-src": sorted(map(source, page.texts["style"])),
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    policy = {}
    for directive in page.policy.split(";"):
        name, *values = directive.split()
        policy[name] = sorted(values)
    if policy != wanted:
        page.wrong.append("policy: %s, not %s" % (policy, wanted))
    if re.search(r"url\(|@import", "".join(page.texts["style"])):
        page.wrong.append("the style refers to something")
    without = re.sub(r"(?s)<(script|style)>.*?</\1>", "", text)
    if re.search(r"[a-z]+://", without):
        page.wrong.append("an address stands in the page")
    return page.wrong


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        wrong = check(file.read())
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
