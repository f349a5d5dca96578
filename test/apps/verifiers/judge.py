"""Reads tokens as JSON from the input, and writes what the verifier of docs/verify says of each."""
import json
import sys
import types

asked = json.load(sys.stdin)
sys.path.insert(0, asked['folder'])
sys.dont_write_bytecode = True
import python  # noqa: E402

clock = types.SimpleNamespace(time=lambda: float(asked['now']), monotonic=lambda: 0.0)
python.time = clock
verify = python.Verifier(asked['jwksUrl'], asked['issuer'], asked['audience'])


def judged(token):
    try:
        return verify(token)['name']
    except Exception:
        return None


json.dump([judged(token) for token in asked['tokens']], sys.stdout)
