namespace EventStore.EF;

/// <summary>
/// The name of a subscription: 1 to 255 characters of well-formed Unicode without control characters. Compared ordinally.
/// Together with what it reads, it identifies a durable subscription across all processes.
/// </summary>
public readonly record struct SubscriptionName
{
    /// <summary>The maximum length of a name: 255 UTF-16 code units.</summary>
    public const int MaxLength = 255;

    private readonly string? _value;

    /// <summary>The name of a subscription.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public SubscriptionName(string value)
    {
        NameRules.Check(value, "subscription", MaxLength, nameof(value));
        _value = value;
    }

    /// <summary>The name as text.</summary>
    /// <exception cref="ArgumentException">This is the default value, which names no subscription.</exception>
    public string Value => _value
        ?? throw new ArgumentException("default(SubscriptionName) is not a valid subscription name. Use new SubscriptionName(\"…\").");

    /// <summary>The subscription named <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public static implicit operator SubscriptionName(string value) => new(value);

    /// <summary>The subscription named <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public static SubscriptionName FromString(string value) => new(value);

    /// <summary>The name as text; empty for the default value.</summary>
    public override string ToString() => _value ?? "";
}
