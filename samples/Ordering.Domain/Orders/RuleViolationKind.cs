namespace Ordering.Domain;

public enum RuleViolationKind
{
    Invalid,
    Conflict,
    NoSuchOrder,
}
