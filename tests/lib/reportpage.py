# SPDX-License-Identifier: MIT
"""
reportpage.py SMALL.html LARGE.html: the checks of tests/cmd/report-browser.t,
as TAP. The reports have more rows than are shown at first.
"""
import sys

from browser import Browser

count = 0
failed = 0


def check(sentence, held, got=""):
    global count, failed
    count += 1
    print("%sok %d - %s" % ("" if held else "not ", count, sentence))
    if not held:
        failed += 1
        print("# got: %s" % (got,))


# What the checks ask the page.
COLUMN = """((title) => {
    const heads = [...document.querySelectorAll('#changes thead th')];
    const i = heads.findIndex((head) => head.textContent === title);
    return { head: heads[i], texts: [...document.querySelectorAll(
        '#changes tbody tr:not(.edge)')].map(
        (row) => row.cells[i].textContent) };
})"""
FITS = "document.scrollingElement.scrollWidth <= innerWidth"
INK = """[...document.querySelectorAll('canvas')].map((canvas) => {
    const copy = document.createElement('canvas').getContext('2d',
        { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    return copy.getImageData(0, 0, 300, 150).data.filter(
        (value, i) => i % 4 === 3 && value > 0).length; })"""
# https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
CONTRAST = """((name) => {
    const light = (variable) => {
        const probe = document.createElement('p');
        probe.style.color = `var(--${variable})`;
        document.body.append(probe);
        const [r, g, b] = getComputedStyle(probe).color.match(/[0-9.]+/g)
            .map((v) => v / 255)
            .map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        probe.remove();
        return .2126 * r + .7152 * g + .0722 * b + .05;
    };
    const [a, b] = [light(name), light('paper')];
    return Math.max(a, b) / Math.min(a, b);
})"""
SHOWN = "document.querySelector('#controls output').textContent"


def texts(page, title):
    return page.value(COLUMN + "(%r).texts" % title)


def numbers(page, title):
    return [float(text.replace(",", "").replace("\u2212", "-"))
            for text in texts(page, title) if text != ""]


def click(page, title):
    page.value(COLUMN + "(%r).head.firstChild.click()" % title)


def way(page, title):
    return page.value(COLUMN + "(%r).head.getAttribute('aria-sort')" % title)


def enter(page, selector, event, text):
    page.value("(() => { const field = document.querySelector(%r);"
               "field.value = %r; field.dispatchEvent(new Event(%r)); })()"
               % (selector, text, event))


def check_sorting(page):
    check("rows begin in the order of ranks", numbers(page, "#") ==
          list(range(1, len(numbers(page, "#")) + 1)), numbers(page, "#"))
    check("which the page says", way(page, "#") == "ascending")
    check("with a line under what stands out", page.value(
        "document.querySelectorAll('#changes .edge').length") == 1)
    click(page, "excess")
    got = numbers(page, "excess")
    check("numbers are sorted, the largest first",
          got == sorted(got, reverse=True) and got[0] > 5000, got[:9])
    check("which the page says", [way(page, "excess"), way(page, "#")] ==
          ["descending", None])
    check("without the line", page.value(
        "document.querySelectorAll('#changes .edge').length") == 0)
    click(page, "excess")
    got = numbers(page, "excess")
    check("and, pressed again, the smallest first",
          got == sorted(got) and got[0] < 0, got[:9])
    page.value(COLUMN + "('place').head.firstChild.focus()")
    page.press("Enter", 13)
    got = texts(page, "place")
    check("by the keyboard as well", way(page, "place") == "ascending" and
          got == sorted(got), got[:9])
    click(page, "#")


def check_filter(page):
    enter(page, "#controls input", "input", "part_003 KIND1.")
    got = list(zip(texts(page, "place"), texts(page, "operation")))
    check("words filter, in any case", got != [] and all(
        "part_003" in place and operation == "Kind1.load"
        for place, operation in got), got)
    check("the page says how many are left", page.value(SHOWN).startswith(
        "%d of " % len(got)), page.value(SHOWN))
    enter(page, "#controls input", "input", "")
    enter(page, "#controls select", "change", "vanished")
    check("the kind of a change filters", set(texts(page, "change")) ==
          {"vanished"}, texts(page, "change")[:9])
    enter(page, "#controls input", "input", "no such name")
    check("nothing may be left", texts(page, "#") == [])
    enter(page, "#controls input", "input", "")
    enter(page, "#controls select", "change", "")


def check_more(page):
    before = len(texts(page, "#"))
    page.value("document.querySelector('.more').click()")
    after = len(texts(page, "#"))
    check("more rows are shown on request", before == 250 < after,
          [before, after])


def check_charts(page):
    if page.value("typeof Chart") == "undefined":
        return
    got = page.value(INK)
    check("charts are drawn, by hour as well", len(got) == 3 and
          min(got) > 100, got)
    check("each has a name for those who do not see it", page.value(
        "[...document.querySelectorAll('canvas')].every((canvas) =>"
        "canvas.getAttribute('role') === 'img' &&"
        "canvas.getAttribute('aria-label') !== '')"))
    check("and its figures in a table", page.value(
        "[...document.querySelectorAll('figure')].every((figure) =>"
        "figure.querySelector('details td') !== null)"))


def check_colours(page, scheme):
    for names, least in (("ink", "faint"), 4.5), (("old", "expected", "new"),
                                                  3):
        got = [page.value(CONTRAST + "(%r)" % name) for name in names]
        check("%s: %s have a contrast of %s" % (scheme, ", ".join(names),
                                                 least),
              min(got) >= least, got)


def check_page(path):
    with Browser(path, 1280, 800) as page:
        page.settle()
        check("1280 pixels: nothing overflows", page.value(FITS))
        check("names run nothing", page.value(
            "document.querySelectorAll('#changes b, figure b').length") == 0)
        check_charts(page)
        check_sorting(page)
        check_filter(page)
        check_more(page)
        check_colours(page, "light")
        light = page.value("getComputedStyle(document.body).backgroundColor")
        page.scheme("dark")
        page.settle()
        dark = page.value("getComputedStyle(document.body).backgroundColor")
        check("the page is dark where that is wanted", light != dark,
              [light, dark])
        check_colours(page, "dark")
        check("nothing was complained of", page.complaints == [],
              page.complaints)
    with Browser(path, 400, 800, "dark") as page:
        page.settle()
        check("400 pixels: nothing overflows", page.value(FITS))
        check("the table moves in a region of its own", page.value(
            "(() => { const region = document.querySelector('.tall');"
            "return region.scrollWidth > region.clientWidth &&"
            "region.tabIndex === 0; })()"))
        check("nothing was complained of", page.complaints == [],
              page.complaints)


def time_page(path):
    """Times are told, not judged."""
    took = ("new Promise((done) => { const start = performance.now(); %s;"
            "requestAnimationFrame(() => requestAnimationFrame(() =>"
            "done(performance.now() - start))) })")
    with Browser(path, 1280, 800) as page:
        page.settle()
        print("# %s" % page.value(SHOWN))
        print("# opened in %.0f ms" % page.value(
            "performance.getEntriesByType('navigation')[0].loadEventEnd"))
        print("# sorted and painted in %.0f ms" % page.value(
            took % (COLUMN + "('excess').head.firstChild.click()")))
        print("# filtered and painted in %.0f ms" % page.value(
            took % ("const field = document.querySelector('#controls input');"
                    "field.value = '_03';"
                    "field.dispatchEvent(new Event('input'))")))
        check("ten thousand rows: nothing was complained of",
              page.complaints == [], page.complaints)


def main():
    check_page(sys.argv[1])
    time_page(sys.argv[2])
    print("1..%d" % count)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
