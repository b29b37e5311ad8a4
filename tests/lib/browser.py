# SPDX-License-Identifier: MIT
"""
A page in headless Chromium, over the DevTools protocol by pipes: the page's
own content security policy holds, since nothing is put into it.

	with Browser("report.html", 1280, 800) as page:
	    page.value("document.title")
	    print(page.complaints)   # what the console and the policy said
"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile


class Browser:
    def __init__(self, path, width, height, scheme="light", program="chromium"):
        self.folder = tempfile.mkdtemp(prefix="tallyman-browser.")
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()
        # The pipes are its descriptors 3 and 4.
        spare = [os.dup2(to_read, 103), os.dup2(to_write, 104)]

        def place():
            os.dup2(103, 3)
            os.dup2(104, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run",
             "--user-data-dir=" + self.folder, "--remote-debugging-pipe"],
            preexec_fn=place, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for descriptor in [to_read, to_write] + spare:
            os.close(descriptor)
        self.pending = b""
        self.next = 0
        self.session = None
        self.complaints = []
        self.events = []
        self.open(pathlib.Path(path).resolve().as_uri(), width, height, scheme)

    def open(self, url, width, height, scheme):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=False)
        self.scheme(scheme)
        self.call("Page.navigate", url=url)
        while "Page.loadEventFired" not in self.events:
            self.take()

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}])

    def take(self):
        """The next message; what events say is kept."""
        while b"\0" not in self.pending:
            if not select.select([self.back], [], [], 60)[0]:
                raise TimeoutError("the browser says nothing")
            more = os.read(self.back, 1 << 20)
            if not more:
                raise EOFError("the browser ended")
            self.pending += more
        text, self.pending = self.pending.split(b"\0", 1)
        message = json.loads(text)
        name = message.get("method")
        self.events.append(name)
        if name in ("Log.entryAdded", "Runtime.exceptionThrown",
                    "Runtime.consoleAPICalled"):
            entry = message["params"].get("entry", message["params"])
            self.complaints.append(entry.get("text", json.dumps(entry)))
        if name == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if not url.startswith(("file:", "data:")):
                self.complaints.append("asks for " + url)
        return message

    def call(self, method, **params):
        self.next += 1
        message = {"id": self.next, "method": method, "params": params}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.take()
            if answer.get("id") == self.next:
                if "error" in answer:
                    raise RuntimeError(method + ": " + str(answer["error"]))
                return answer["result"]

    def value(self, expression):
        """What an expression, or the promise it gives, comes to."""
        answer = self.call("Runtime.evaluate", expression=expression,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def settle(self):
        """Waits until what was changed has been painted."""
        self.value("new Promise((done) => requestAnimationFrame(() =>"
                   " requestAnimationFrame(() => done(0))))")

    def press(self, key, code):
        for kind in "keyDown", "keyUp":
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode=code,
                      text="\r" if key == "Enter" else "")

    def picture(self, path, whole=False):
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        # Asked to, it ends its children first, who write to the folder.
        os.write(self.to, b'{"id": 0, "method": "Browser.close"}\0')
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.back)
        shutil.rmtree(self.folder, ignore_errors=True)
