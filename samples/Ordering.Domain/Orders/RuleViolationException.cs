namespace Ordering.Domain;

/// <summary>A rule of the shop forbids what was asked. Nothing has happened; the message may be shown to the customer.</summary>
public sealed class RuleViolationException : Exception
{
    private RuleViolationException(RuleViolationKind kind, string rule, string message)
        : base(message)
    {
        Kind = kind;
        Rule = rule;
    }

    public RuleViolationKind Kind { get; }

    /// <summary>A short name of the rule, for programs.</summary>
    public string Rule { get; }

    /// <summary>The request makes no sense whatever the order's state.</summary>
    public static RuleViolationException Invalid(string rule, string message) => new(RuleViolationKind.Invalid, rule, message);

    /// <summary>The request comes too early or too late.</summary>
    public static RuleViolationException Conflict(string rule, string message) => new(RuleViolationKind.Conflict, rule, message);

    public static RuleViolationException NoSuchOrder() => new(RuleViolationKind.NoSuchOrder, "no-such-order", "There is no such order.");
}
