using System.Text;

namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>The keys by which a subscription's events are divided among its partitions, and kept in order.</summary>
internal static class PartitionKey
{
    /// <summary>In UTF-16 code units: the index over parked events has room for 2,700 bytes.</summary>
    public const int MostCharacters = 500;

    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    /// <summary>
    /// The partition of a key, the same in all processes and for ever: the FNV-1a hash (Fowler, Noll, Vo) of its UTF-8 bytes. An event
    /// without a key is assigned by its position.
    /// </summary>
    public static int PartitionOf(string? key, long place, int partitions)
    {
        if (key is null)
            return (int)(place % partitions);

        var hash = FnvOffset;
        foreach (var value in Encoding.UTF8.GetBytes(key))
            hash = unchecked((hash ^ value) * FnvPrime);

        return (int)(hash % (uint)partitions);
    }

    /// <summary>Whether the table of parked events can store the key.</summary>
    public static bool IsKeepable(string key)
        => key.Length <= MostCharacters && !key.Contains('\0', StringComparison.Ordinal) && WellFormed.IndexOfLoneSurrogate(key) < 0;

    /// <summary>Refuses a key that no parked event can have.</summary>
    /// <exception cref="ArgumentException">It cannot be stored.</exception>
    public static void Check(string key, string parameter)
    {
        NameRules.CheckStorable(key, "The key of parked events", parameter);
        if (key.Length > MostCharacters)
        {
            throw new ArgumentException(
                $"The key of parked events has at most {MostCharacters} characters. This one has {key.Length}.", parameter);
        }
    }

    /// <summary>Returns the key if it can be stored.</summary>
    /// <exception cref="InvalidOperationException">It cannot be stored.</exception>
    public static string? Require(string? key)
        => key is null || IsKeepable(key)
            ? key
            : throw new InvalidOperationException(
                $"PartitionBy returned a key of {key.Length} characters that cannot be stored: a key has at most {MostCharacters} " +
                "characters, without U+0000 and without lone surrogates. Return a shorter key, such as an id or a hash.");
}
