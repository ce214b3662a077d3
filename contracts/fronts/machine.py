"""A verdict for programs: JSON, SARIF 2.1.0 (docs.oasis-open.org/sarif), GitHub's workflow commands."""

import json
from dataclasses import asdict
from typing import Any

from contracts.catalogue import CONTRACTS
from contracts.report import Report
from contracts.violation import Violation


def as_json(report: Report) -> str:
    """Everything that the text tells, as one JSON object."""

    def plain(violation: Violation) -> dict[str, Any]:
        return {**asdict(violation), "object": violation.object._asdict()}

    whole = {
        "holds": report.holds,
        "broken": [plain(violation) for violation in report.broken],
        "undecided": [plain(violation) for violation in report.undecided],
        "waived": [{**plain(violation), "reason": waiver.reason} for violation, waiver in report.waived],
        "staleWaivers": [asdict(waiver) for waiver in report.stale],
    }
    return json.dumps(whole, indent=2)


def _sentence(violation: Violation) -> str:
    text = f"{violation.object} {violation.path}: found {violation.found}; expected {violation.expected}"
    return text + (f". {violation.fix}" if violation.fix else "")


def as_sarif(report: Report) -> str:
    """SARIF, for code scanning: a rule per contract, a result per violation, its object as a logical location."""
    rules = [{"id": contract.id, "shortDescription": {"text": contract.promise}} for contract in CONTRACTS]
    results = [
        {
            "ruleId": violation.contract,
            "level": "warning" if violation.undecided and report.open_set else "error",
            "message": {"text": _sentence(violation)},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": f"{violation.object} {violation.path}"}]}],
            "partialFingerprints": {"cause/v1": violation.group},
        }
        for violation in (*report.broken, *report.undecided)
    ]
    driver = {"name": "postgres-apps contracts", "rules": rules}
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def as_github(report: Report) -> str:
    """One workflow command per violation (docs.github.com, «Workflow commands»)."""
    lines = [f"::error title={violation.contract}::{_escaped(_sentence(violation))}" for violation in report.broken]
    level = "warning" if report.open_set else "error"
    lines += [f"::{level} title={v.contract} undecided::{_escaped(_sentence(v))}" for v in report.undecided]
    lines += [f"::error title=stale waiver::{_escaped(f'{w.contract} {w.object}')}" for w in report.stale]
    return "\n".join(lines)
