"""What must be done about what was seen: regulations, verdicts, doors."""

ENGINE = "0.1.0"
