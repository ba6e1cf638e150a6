#!/usr/bin/env python3
"""Writes the tokens of libraries in Python and Node into the tests of the interceptors.

Run it again to try later versions: `pip install pyjwt[crypto] joserfc`, `npm install --prefix DIR jose jsonwebtoken`, and
`python .ci/foreign_tokens.py DIR`. The private keys are made here and forgotten; the tests need the public ones alone.
"""

import base64
import importlib.metadata
import json
import pathlib
import subprocess
import sys

import jwt
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

TESTS = pathlib.Path(__file__).parent.parent / "interceptors" / "tests"
SECRET = "the secret of the tests has 32 bytes"
# The year 2100.
CLAIMS = {"sub": "ada", "aud": "calculator", "iss": "https://login.example.com", "exp": 4102444800}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = {
    "RS256": RSA,
    "PS256": RSA,
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
KINDS = {"HS256": "oct", "RS256": "RSA", "PS256": "RSA", "ES256": "EC", "ES384": "EC", "EdDSA": "OKP"}
WRONG = {
    "has expired": CLAIMS | {"exp": 1000000000},
    "has no exp": {name: value for name, value in CLAIMS.items() if name != "exp"},
    "is not valid yet": CLAIMS | {"nbf": 4102444000},
    "is for another audience": CLAIMS | {"aud": "greeter"},
    "has no audience": {name: value for name, value in CLAIMS.items() if name != "aud"},
    "is of another issuer": CLAIMS | {"iss": "https://login.example.org"},
    "has no subject": {name: value for name, value in CLAIMS.items() if name != "sub"},
}


def private_pem(key):
    return key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo).decode()


def python_tokens():
    versions = {name: importlib.metadata.version(name) for name in ("pyjwt", "joserfc")}

    def joserfc(alg, key, claims):
        return joserfc_jwt.encode({"alg": alg, "kid": alg}, claims, joserfc_jwk.import_key(key, KINDS[alg]), algorithms=[alg])

    for alg, key in {"HS256": SECRET, **KEYS}.items():
        key = key if alg == "HS256" else private_pem(key)
        yield f"PyJWT {versions['pyjwt']}", alg, "", jwt.encode(CLAIMS, key, alg, headers={"kid": alg})
        yield f"joserfc {versions['joserfc']}", alg, "", joserfc(alg, key, CLAIMS)
    for wrong, claims in WRONG.items():
        yield f"PyJWT {versions['pyjwt']}", "RS256", wrong, jwt.encode(claims, private_pem(KEYS["RS256"]), "RS256")
        yield f"joserfc {versions['joserfc']}", "ES256", wrong, joserfc("ES256", private_pem(KEYS["ES256"]), claims)
    yield f"PyJWT {versions['pyjwt']}", "none", "is not signed", jwt.encode(CLAIMS, None, "none")
    other = private_pem(ec.generate_private_key(ec.SECP256R1()))
    yield f"PyJWT {versions['pyjwt']}", "ES256", "has a key of somebody else", jwt.encode(CLAIMS, other, "ES256")
    with_crit = {"crit": ["exp"]}
    yield f"PyJWT {versions['pyjwt']}", "RS256", "has crit", jwt.encode(CLAIMS, private_pem(KEYS["RS256"]), "RS256", headers=with_crit)
    yield "by hand", "HS256", "uses a public key as a secret", hmac_with_public_key()


def hmac_with_public_key():
    """Makes the token of the classic attack, which no library makes."""
    import hashlib
    import hmac

    encode = lambda value: base64.urlsafe_b64encode(value).rstrip(b"=")
    text = encode(b'{"alg":"HS256","typ":"JWT"}') + b"." + encode(json.dumps(CLAIMS).encode())
    mac = hmac.new(public_pem(KEYS["RS256"]).encode(), text, hashlib.sha256).digest()
    return (text + b"." + encode(mac)).decode()


def node_tokens(folder):
    program = """
const jose = require('jose'), jsonwebtoken = require('jsonwebtoken');
const { SECRET, CLAIMS, KEYS, WRONG } = JSON.parse(require('fs').readFileSync(0));
const version = (name) => name + ' ' + JSON.parse(require('fs').readFileSync(`node_modules/${name}/package.json`)).version;
(async () => {
  const ofJose = async (alg, wrong, claims) => {
    const key = alg === 'HS256' ? new TextEncoder().encode(SECRET) : await jose.importPKCS8(KEYS[alg], alg);
    const token = await new jose.SignJWT(claims).setProtectedHeader({ alg, kid: alg }).sign(key);
    console.log([version('jose'), alg, wrong, token].join('\\t'));
  };
  const ofJsonwebtoken = (alg, wrong, claims) => {
    const options = { algorithm: alg, keyid: alg, noTimestamp: true };
    const token = jsonwebtoken.sign(claims, alg === 'HS256' ? SECRET : KEYS[alg], options);
    console.log([version('jsonwebtoken'), alg, wrong, token].join('\\t'));
  };
  for (const alg of Object.keys(KEYS)) {
    await ofJose(alg, '', CLAIMS);
    if (alg !== 'EdDSA') ofJsonwebtoken(alg, '', CLAIMS); // jsonwebtoken does not have it.
  }
  for (const [wrong, claims] of Object.entries(WRONG)) {
    await ofJose('PS256', wrong, claims);
    ofJsonwebtoken('HS256', wrong, claims);
  }
})();
"""
    keys = {"HS256": None, **{alg: private_pem(key) for alg, key in KEYS.items()}}
    given = json.dumps({"SECRET": SECRET, "CLAIMS": CLAIMS, "KEYS": keys, "WRONG": WRONG})
    run = subprocess.run(["node", "-e", program], cwd=folder, input=given, capture_output=True, text=True, check=True)
    return (line.split("\t") for line in run.stdout.splitlines())


def jwks():
    keys = []
    for alg, key in KEYS.items():
        public = joserfc_jwk.import_key(public_pem(key), KINDS[alg]).as_dict(private=False)
        keys.append(public | {"kid": alg, "alg": alg, "use": "sig"})
    # Three that must be left out: for encryption, of a type that is not known, and a secret.
    keys.append(keys[0] | {"kid": "enc", "use": "enc"})
    keys.append({"kty": "AKP", "kid": "later", "alg": "ML-DSA-44", "pub": "AA"})
    keys.append({"kty": "oct", "kid": "secret", "alg": "HS256", "k": base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("=")})
    return {"keys": keys}


def main():
    (TESTS / "keys").mkdir(exist_ok=True)
    (TESTS / "keys" / "jwks.json").write_text(json.dumps(jwks(), indent=1) + "\n")
    for alg, name in {"RS256": "rsa", "ES256": "p256", "ES384": "p384", "EdDSA": "ed25519"}.items():
        (TESTS / "keys" / f"{name}.pub.pem").write_text(public_pem(KEYS[alg]))
    rows = [*python_tokens(), *node_tokens(sys.argv[1])]
    head = "# library, algorithm, what is wrong with it, token: written by .ci/foreign_tokens.py"
    (TESTS / "keys" / "tokens.tsv").write_text("\n".join([head, *("\t".join(row) for row in rows)]) + "\n")


main()
