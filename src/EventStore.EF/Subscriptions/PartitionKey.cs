namespace EventStore.EF;

/// <summary>Which partition keys the table of parked events can keep.</summary>
internal static class PartitionKey
{
    /// <summary>In UTF-16 code units: the index over parked events has room for 2,700 bytes.</summary>
    public const int MostCharacters = 500;

    public static bool IsKeepable(string key)
        => key.Length <= MostCharacters && !key.Contains('\0', StringComparison.Ordinal) && WellFormed.IndexOfLoneSurrogate(key) < 0;

    /// <summary>The key, if it can be kept.</summary>
    /// <exception cref="InvalidOperationException">It can't.</exception>
    public static string? Require(string? key)
        => key is null || IsKeepable(key)
            ? key
            : throw new InvalidOperationException(
                $"PartitionBy returned a key of {key.Length} characters that can't be kept: a key has at most {MostCharacters} characters, " +
                "without U+0000 and without lone surrogates. Make a shorter key, such as an id or a hash.");
}
