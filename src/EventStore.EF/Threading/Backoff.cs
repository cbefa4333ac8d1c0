namespace EventStore.EF.Threading;

/// <summary>Computes waits that double.</summary>
internal static class Backoff
{
    /// <summary>The wait after one in which nothing was found: twice as long, up to the longest.</summary>
    public static TimeSpan Doubled(TimeSpan wait, TimeSpan longest) => wait * 2 < longest ? wait * 2 : longest;

    /// <summary>The delay before a retry: doubled each time, and spread by a quarter so that processes don't retry in step.</summary>
    /// <param name="attempt">1 after the first failure.</param>
    /// <param name="first">The delay after the first failure.</param>
    /// <param name="longest">The longest delay.</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Min(attempt - 1, 30));
        return (doubled < longest ? doubled : longest) * (0.75 + (Random.Shared.NextDouble() / 4));
    }
}
