namespace EventStore.EF;

/// <summary>How long to wait before trying again: doubled each time, spread by a quarter so that processes don't move in step.</summary>
internal static class Backoff
{
    /// <param name="attempt">1 after the first failure.</param>
    /// <param name="first">The wait after it.</param>
    /// <param name="longest">The longest wait.</param>
    public static TimeSpan Delay(int attempt, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Min(attempt - 1, 30));
        return (doubled < longest ? doubled : longest) * (0.75 + (Random.Shared.NextDouble() / 4));
    }
}
