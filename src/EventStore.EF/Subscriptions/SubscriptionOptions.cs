namespace EventStore.EF;

/// <summary>How a durable subscription delivers.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>The most events read from the database at once while catching up; 500 by default. 1 to 10,000.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>
    /// The most events kept in memory for a slow handler; 1,000 by default. When more arrive, the subscription reads them from the
    /// database later. 1 to 100,000.
    /// </summary>
    public int BufferSize { get; set; } = 1000;

    /// <summary>The checkpoint is written after this many handled events; 100 by default. At least 1.</summary>
    public int CheckpointEvery { get; set; } = 100;

    /// <summary>… or this long after an event was handled, whichever is first; 1 second by default. 10 milliseconds to 1 hour.</summary>
    public TimeSpan CheckpointAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The wait before a handler that threw is called again with the same event; 100 milliseconds by default, doubled each time up
    /// to <see cref="MaxRetryDelay"/>. More than zero.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two attempts; 30 seconds by default. At least <see cref="RetryDelay"/>.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    internal void Validate(SubscriptionName name)
    {
        Check(PageSize is >= 1 and <= 10_000, nameof(PageSize), PageSize, "1 to 10,000");
        Check(BufferSize is >= 1 and <= 100_000, nameof(BufferSize), BufferSize, "1 to 100,000");
        Check(CheckpointEvery >= 1, nameof(CheckpointEvery), CheckpointEvery, "at least 1");
        Check(CheckpointAfter >= TimeSpan.FromMilliseconds(10) && CheckpointAfter <= TimeSpan.FromHours(1), nameof(CheckpointAfter), CheckpointAfter, "10 milliseconds to 1 hour");
        Check(RetryDelay > TimeSpan.Zero, nameof(RetryDelay), RetryDelay, "more than zero");
        Check(MaxRetryDelay >= RetryDelay && MaxRetryDelay <= TimeSpan.FromHours(12), nameof(MaxRetryDelay), MaxRetryDelay, "at least RetryDelay, at most 12 hours");

        void Check(bool holds, string option, object value, string rule)
        {
            if (!holds)
                throw new ArgumentOutOfRangeException(option, value, $"SubscriptionOptions.{option} of '{name}' is {rule}.");
        }
    }
}
