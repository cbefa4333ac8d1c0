namespace EventStore.EF.Storage;

/// <summary>The meaning of a database exception for the caller of the failed operation.</summary>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Words">
/// What happened and what to do, in whole sentences; <see langword="null"/> if there is nothing beyond the exception's own message.
/// </param>
/// <param name="IsAnswered">
/// Whether the database reported that nothing was done; otherwise a write that was sent may have been carried out.
/// </param>
/// <param name="Repetition">How often to retry.</param>
/// <param name="Waited">
/// How long the operation waited for a lock; <see langword="null"/> if unknown, or if it did not wait for a lock.
/// </param>
internal readonly record struct StorageTrouble(
    StorageFailure Failure, string? Words = null, bool IsAnswered = false, StorageRepetition Repetition = StorageRepetition.Often,
    TimeSpan? Waited = null)
{
    /// <summary>The placeholder in <see cref="Words"/> for text such as "after 3 attempts".</summary>
    public const string Attempts = "{attempts}";
}

/// <summary>How often a failed operation is retried.</summary>
internal enum StorageRepetition
{
    /// <summary>As often as <see cref="EventStoreOptions.MaxRetryAttempts"/> says.</summary>
    Often,

    /// <summary>Once more; it has already waited for long.</summary>
    Once,

    /// <summary>Never.</summary>
    Never,
}
