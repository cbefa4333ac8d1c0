namespace EventStore.EF.Faults;

/// <summary>Exceptions with texts that a database, an encoding or a log can choke on.</summary>
internal static class OddExceptions
{
    private static readonly Func<Exception>[] All =
    [
        () => new InvalidOperationException("before\0after"),
        () => new InvalidOperationException("a lone surrogate \uD83D and more"),
        () => new InvalidOperationException(new string('x', 1_000_000)),
        () => new InvalidOperationException(""),
        () => new InvalidOperationException("\u202Eright to left\u0007 \x1B[31m"),
        () => new UnreadableException(),
        () => new AggregateException(new TimeoutException("Nobody answered.")),
        () => new OperationCanceledException("of somebody else's doing"),
    ];

    public static Exception Of(Guid id) => All[(id.ToByteArray()[14] & 0x7F) % All.Length]();

    private sealed class UnreadableException : Exception
    {
        public override string Message => throw new InvalidOperationException("The message can't be told.");
    }
}
