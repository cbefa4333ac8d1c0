using System.Globalization;

namespace EventStore.EF;

/// <summary>The version that an append expects its stream to have: optimistic concurrency.</summary>
public readonly record struct ExpectedVersion
{
    private readonly Expectation _expectation;
    private readonly long _version;

    private ExpectedVersion(Expectation expectation, long version = 0)
    {
        _expectation = expectation;
        _version = version;
    }

    private enum Expectation
    {
        Any,
        NoStream,
        StreamExists,
        Version,
    }

    /// <summary>No expectation: the stream is created if it is missing, and appended to at any version. The default value.</summary>
    public static ExpectedVersion Any => default;

    /// <summary>The stream is missing or has no events.</summary>
    public static ExpectedVersion NoStream => new(Expectation.NoStream);

    /// <summary>The stream exists, at any version, however many callers append to it concurrently.</summary>
    public static ExpectedVersion StreamExists => new(Expectation.StreamExists);

    /// <summary>The expected version, 0 for <see cref="NoStream"/>; <see langword="null"/> for the others.</summary>
    public long? Version => _expectation switch
    {
        Expectation.NoStream => 0,
        Expectation.Version => _version,
        _ => null,
    };

    /// <summary>Whether a missing stream is created.</summary>
    public bool CreatesStream => _expectation is Expectation.Any || Version == 0;

    /// <summary>
    /// The stream is at <paramref name="version"/>: the version of its last event. 0 is the same as <see cref="NoStream"/>.
    /// </summary>
    /// <param name="version">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The version is negative.</exception>
    public static ExpectedVersion At(long version)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        return version == 0 ? NoStream : new(Expectation.Version, version);
    }

    /// <summary>The stream is at <paramref name="version"/>, see <see cref="At"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The version is negative.</exception>
    public static implicit operator ExpectedVersion(long version) => At(version);

    /// <summary>The stream is at <paramref name="version"/>, see <see cref="At"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The version is negative.</exception>
    public static ExpectedVersion FromInt64(long version) => At(version);

    /// <summary>Whether an existing stream at <paramref name="version"/> is as expected.</summary>
    public bool Accepts(long version) => Version is not { } expected || expected == version;

    /// <summary><c>any</c>, <c>no stream</c>, <c>stream exists</c> or the version.</summary>
    public override string ToString() => _expectation switch
    {
        Expectation.Any => "any",
        Expectation.NoStream => "no stream",
        Expectation.StreamExists => "stream exists",
        _ => _version.ToString(CultureInfo.InvariantCulture),
    };
}
