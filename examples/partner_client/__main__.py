"""`python -m examples.partner_client ring.stl --reference PO-1`: upload, quote, order; prints what happened.

KARAT_API and KARAT_KEY say where and as whom.
"""

import argparse
import os
import sys
from pathlib import Path

from examples.partner_client.client import Client, Refused

SHIP_TO = {"name": "A. Berg", "line1": "Storgata 1", "city": "Oslo", "postal_code": "0150", "country": "NO"}


def main() -> int:
    asked = _arguments()
    client = Client(os.environ.get("KARAT_API", "http://localhost:8000/api/v1"), os.environ["KARAT_KEY"])
    try:
        model = client.upload(asked.model)
        print(f"model {model['id']}")
        piece = {"model_id": model["id"], "kind": asked.kind, "alloy": asked.alloy, "size": asked.size}
        quote = client.quote([piece], key=f"quote-{asked.reference}")
        if quote["status"] != "priced":
            print(f"quote {quote['id']}: {quote['status']} {quote['items'][0]['reasons']}")
            return 1
        price = quote["price"]["gross"]
        print(f"quote {quote['id']}: {price['amount']} {price['currency']}, shipped by {quote['promised_ship_date']}")
        order = client.order(quote["id"], asked.reference, SHIP_TO)
        print(f"order {order['id']}: {order['status']}")
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.partner_client", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--kind", default="ring")
    parser.add_argument("--alloy", default="au585-yellow")
    parser.add_argument("--size", default="17")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
