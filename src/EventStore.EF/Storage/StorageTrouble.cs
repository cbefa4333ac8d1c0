namespace EventStore.EF;

/// <summary>What an exception of the database means for the caller of the operation that met it.</summary>
/// <param name="Failure">Whose fault it is.</param>
/// <param name="Words">What happened and what to do, in whole sentences; <see langword="null"/> when the exception's own words are all there is.</param>
/// <param name="IsAnswered">Whether the database answered that nothing was done; otherwise a write that was sent may have been carried out.</param>
/// <param name="Repetition">How often it is worth trying again.</param>
/// <param name="Waited">How long a lock was waited for; <see langword="null"/> when that isn't known, or when it was something else.</param>
internal readonly record struct StorageTrouble(
    StorageFailure Failure, string? Words = null, bool IsAnswered = false, StorageRepetition Repetition = StorageRepetition.Often,
    TimeSpan? Waited = null)
{
    /// <summary>What the words hold where "after 3 attempts" is to be said.</summary>
    public const string Attempts = "{attempts}";
}

/// <summary>How often an operation that failed is tried again.</summary>
internal enum StorageRepetition
{
    /// <summary>As often as <see cref="EventStoreOptions.MaxRetryAttempts"/> says.</summary>
    Often,

    /// <summary>Once more: it has waited for long already.</summary>
    Once,

    /// <summary>Not at all.</summary>
    Never,
}
