# A service in Python: a line of JSON-RPC in, a line out. See docs/services.md.
import json
import sys


def hello(name):
    return f"Hello, {name}, says Python"


functions = {"hello": hello}

for line in sys.stdin:
    request = json.loads(line)
    if "id" not in request:
        continue  # a call that nobody waits for any more
    reply = {"jsonrpc": "2.0", "id": request["id"]}
    try:
        reply["result"] = functions[request["method"]](*request["params"])
    except Exception as error:
        reply["error"] = {"code": 1, "message": repr(error)}
    print(json.dumps(reply), flush=True)
