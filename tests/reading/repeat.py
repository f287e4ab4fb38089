"""Runs code that repeats calls of models, and says which messages each call sends. Only the standard library is needed.

    repeat.py fake          exec the snippets with doubles of dspy and litellm: nothing is sent
    repeat.py real          the same with dspy and litellm themselves, which speak to the address that the code names
    repeat.py serve         a server on a free port of the loopback that answers as OpenAI does: prints the port, then
                            each body that it is sent as one line of JSON

Snippets come as a JSON list of texts on standard input; what each call sent goes out as one line of JSON:
{"messages": […], "options": {…}} or {"error": "…"}.
"""

import sys

# The scripts beside this one bear names of modules.
sys.path.pop(0)

import contextlib
import io
import json
import threading
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWER = {
    "id": "stand-in",
    "object": "chat.completion",
    "created": 1,
    "model": "stand-in",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


def out(value):
    sys.__stdout__.write(json.dumps(value) + "\n")
    sys.__stdout__.flush()


def server(told):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            told(body, self.headers.get("Authorization"))
            answer = json.dumps(ANSWER).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def doubles(sent):
    """Modules that only note what they are asked."""

    class Lm:
        def __init__(self, model, **settings):
            self.settings = dict(settings, model=model)

        def __call__(self, messages=None, **options):
            sent.append({"messages": messages, "options": {**self.settings, **options}})
            return ["Yes."]

    def completion(messages=None, **options):
        sent.append({"messages": messages, "options": options})
        message = types.SimpleNamespace(content="Yes.")
        return types.SimpleNamespace(choices=[types.SimpleNamespace(message=message)])

    for name, members in (("dspy", {"LM": Lm}), ("litellm", {"completion": completion})):
        module = types.ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module


def run(snippet, sent):
    sent.clear()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(snippet, "copied", "exec"), {"__name__": "__main__"})
    except Exception as error:  # what the snippet does is what is looked at
        return {"error": f"{type(error).__name__}: {error}"}
    # With `n`, dspy may ask as often, each time the same.
    is_one = bool(sent) and all(one["messages"] == sent[0]["messages"] for one in sent)
    return sent[0] if is_one else {"error": f"{len(sent)} calls"}


def main(mode):
    sent = []
    if mode == "serve":
        here = server(lambda body, key: out({"body": body, "key": key}))
        out(here.server_address[1])
        here.serve_forever()
    elif mode == "fake":
        doubles(sent)
        for snippet in json.load(sys.stdin):
            out(run(snippet, sent))
    else:
        here = server(lambda body, key: sent.append({"messages": body.get("messages"), "options": {}}))
        threading.Thread(target=here.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{here.server_address[1]}/v1"
        for snippet in json.load(sys.stdin):
            out(run(snippet.replace("http://stand-in.invalid/v1", address), sent))


if __name__ == "__main__":
    main(sys.argv[1])
