namespace EventStore.EF.Telemetry;

/// <summary>How an operation ended, in a few words that stay the same.</summary>
internal static class Outcome
{
    public const string Success = "success";

    public const string Conflict = "conflict";

    public const string Unknown = "unknown";

    public const string Cancelled = "cancelled";

    public const string Failed = "failed";

    /// <summary>The outcome of a call to the store.</summary>
    public static string OfCall(Exception? exception) => exception switch
    {
        null => Success,
        WrongExpectedVersionException or TransactionConflictException => Conflict,
        LockTimeoutException => "locked",
        EventStoreUnavailableException { OutcomeUnknown: true } => Unknown,
        EventStoreUnavailableException => "unavailable",
        OperationCanceledException => Cancelled,
        EventStoreException => "refused",
        _ => Failed,
    };

    /// <summary>The outcome of a handler's call.</summary>
    /// <param name="exception">The handler's exception, if any.</param>
    /// <param name="ct">The token that the handler was given. A cancellation of its own is a failure.</param>
    public static string OfHandling(Exception? exception, CancellationToken ct)
        => exception is null ? Success : exception is OperationCanceledException && ct.IsCancellationRequested ? Cancelled : Failed;
}
