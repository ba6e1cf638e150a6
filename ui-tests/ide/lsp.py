"""A client of the language server protocol, as far as `check.py` needs it."""

import json
import queue
import subprocess
import threading

# `cargo check` would report the same as the UI tests, and take minutes.
SETTINGS = {"checkOnSave": False, "cachePriming": {"enable": False}}
TIMEOUT = 900


class Server:
    """rust-analyzer with one open file."""

    def __init__(self, program, root, env):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        )
        self.root, self.version, self.requests = root, 0, 0
        self.uri, self.text = f"file://{root}/src/lib.rs", ""
        self.answers, self.is_ready = queue.Queue(), threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        capabilities = {
            "textDocument": {"hover": {"contentFormat": ["plaintext"]}},
            "workspace": {"configuration": True},
            "experimental": {"serverStatusNotification": True},
        }
        parameters = {"processId": None, "rootUri": f"file://{root}", "capabilities": capabilities}
        self._request("initialize", parameters | {"initializationOptions": SETTINGS})
        self._send({"method": "initialized", "params": {}})

    def open(self, text):
        """Opens the file, and waits until the server knows the crate."""
        self.text, self.version = text, 1
        document = {"uri": self.uri, "languageId": "rust", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        assert self.is_ready.wait(TIMEOUT), "rust-analyzer has not loaded the crate"

    def change(self, text):
        """Replaces the text of the file."""
        self.text, self.version = text, self.version + 1
        document = {"uri": self.uri, "version": self.version}
        parameters = {"textDocument": document, "contentChanges": [{"text": text}]}
        self._send({"method": "textDocument/didChange", "params": parameters})

    def hover(self, at):
        answer = self._at("textDocument/hover", at)
        contents = answer["contents"] if answer else ""
        return contents["value"] if isinstance(contents, dict) else contents

    def completions(self, at):
        answer = self._at("textDocument/completion", at) or []
        return [item["label"] for item in (answer["items"] if isinstance(answer, dict) else answer)]

    def definitions(self, at):
        """Returns the lines of the definitions in this file, and how many are in other files."""
        places = self._at("textDocument/definition", at) or []
        lines = [place["range"]["start"]["line"] for place in places if place["uri"] == self.uri]
        return [self.text.split("\n")[line].strip() for line in lines], len(places) - len(lines)

    def diagnostics(self):
        answer = self._request("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        return [item["message"].split("\n")[0] for item in answer["items"]]

    def close(self):
        self.process.kill()

    def _at(self, method, at):
        """Asks about the place marked by `|` in `at`, which must occur once in the file without the mark."""
        before = at.index("|")
        plain = at.replace("|", "", 1)
        assert self.text.count(plain) == 1, plain
        index = self.text.index(plain) + before
        start = self.text.rfind("\n", 0, index) + 1
        position = {"line": self.text.count("\n", 0, index), "character": index - start}
        return self._request(method, {"textDocument": {"uri": self.uri}, "position": position})

    def _request(self, method, parameters):
        self.requests += 1
        self._send({"id": self.requests, "method": method, "params": parameters})
        while True:
            answer = self.answers.get(timeout=TIMEOUT)
            if answer["id"] == self.requests:
                assert "error" not in answer, answer
                return answer["result"]

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self):
        while line := self.process.stdout.readline():
            if not line.lower().startswith(b"content-length:"):
                continue
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(int(line.split(b":")[1])))
            if "method" not in message:
                self.answers.put(message)
            elif "id" in message:
                settings = [SETTINGS] * len(message["params"].get("items", []))
                self._send({"id": message["id"], "result": settings or None})
            elif message["method"] == "experimental/serverStatus" and message["params"]["quiescent"]:
                self.is_ready.set()
