namespace EventStore.EF.Threading;

/// <summary>Computes the delay before a retry: doubled each time, and spread by a quarter so that processes don't retry in step.</summary>
internal static class Backoff
{
    /// <param name="attempt">1 after the first failure.</param>
    /// <param name="first">The delay after the first failure.</param>
    /// <param name="longest">The longest delay.</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Min(attempt - 1, 30));
        return (doubled < longest ? doubled : longest) * (0.75 + (Random.Shared.NextDouble() / 4));
    }
}
