namespace EventStore.EF;

/// <summary>
/// The name of a stream: 1 to 255 characters of well-formed Unicode without control characters, not starting with <c>$</c>
/// (such names, including <c>$all</c>, are reserved). Compared ordinally.
/// </summary>
public readonly record struct StreamName : IComparable<StreamName>
{
    /// <summary>The maximum length of a name: 255 UTF-16 code units.</summary>
    public const int MaxLength = 255;

    private readonly string? _value;

    /// <summary>The name of a stream.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public StreamName(string value)
    {
        NameRules.Check(value, "stream", MaxLength, nameof(value));
        if (value[0] == '$')
        {
            throw new ArgumentException(
                $"The stream name '{value}' starts with '$'. Such names are reserved for the store ($all means all events).",
                nameof(value));
        }

        _value = value;
    }

    private StreamName(string value, bool _) => _value = value;

    /// <summary>The name as text.</summary>
    /// <exception cref="ArgumentException">This is the default value, which names no stream.</exception>
    public string Value => _value
        ?? throw new ArgumentException("default(StreamName) is not a valid stream name. Use new StreamName(\"…\").");

    /// <summary>The stream named <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public static implicit operator StreamName(string value) => new(value);

    /// <summary>The stream named <paramref name="value"/>; none for <see langword="null"/>.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public static implicit operator StreamName?(string? value) => value is null ? default(StreamName?) : new StreamName(value);

    /// <summary>The stream named <paramref name="value"/>.</summary>
    /// <exception cref="ArgumentException">The name is invalid; the message says why.</exception>
    public static StreamName FromString(string value) => new(value);

    /// <summary>A name that was checked when it was stored.</summary>
    internal static StreamName FromStored(string value) => new(value, true);

    /// <inheritdoc/>
    public int CompareTo(StreamName other) => string.CompareOrdinal(_value, other._value);

    /// <summary>The name as text; empty for the default value.</summary>
    public override string ToString() => _value ?? "";

    /// <summary>Ordinal order.</summary>
    public static bool operator <(StreamName left, StreamName right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(StreamName left, StreamName right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(StreamName left, StreamName right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(StreamName left, StreamName right) => left.CompareTo(right) >= 0;
}
