using System.Globalization;

namespace EventStore.EF;

/// <summary>
/// A write waited too long for a lock that another transaction holds: longer than <c>Command Timeout</c> of the connection string on
/// PostgreSQL, or <c>Default Timeout</c> on SQLite, 30 seconds by default. On SQLite the other transaction may be the caller's own, if the
/// call does not use <c>WithTransaction</c>. Nothing was written; the same call may be repeated.
/// </summary>
public sealed class LockTimeoutException : EventStoreException
{
    internal LockTimeoutException(
        StreamName? stream, TimeSpan? waited, IReadOnlyList<BlockingTransaction> holders, Exception? innerException, string? hint = null)
        : base(Text(stream, waited, holders, hint), innerException)
    {
        Stream = stream;
        Waited = waited;
        BlockingTransactions = holders;
    }

    /// <summary>The stream to be written, or the first one of several; <see langword="null"/> if no stream was involved.</summary>
    public StreamName? Stream { get; }

    /// <summary>How long the write waited; <see langword="null"/> if only the database knows, as inside the caller's transaction.</summary>
    public TimeSpan? Waited { get; }

    /// <summary>
    /// The transactions that held the lock at the end of the wait, as far as the server reports them, oldest first: on PostgreSQL those
    /// that hold the stream or, while it is being created, those that have appended and are still open. Empty on SQLite, and if they have
    /// just ended.
    /// </summary>
    public IReadOnlyList<BlockingTransaction> BlockingTransactions { get; }

    private static string Text(StreamName? stream, TimeSpan? waited, IReadOnlyList<BlockingTransaction> holders, string? hint)
    {
        var what = stream is { } name ? $"The write to stream '{name}'" : "The call";
        var who = holders.Count == 0 ? "" : $" It is held by {string.Join("; ", holders.Select(Described))}.";
        return $"{what} waited {(waited is { } time ? $"{Seconds(time)} " : "")}for a lock that another transaction holds, and gave up." +
            $"{who}{(hint is null ? "" : $" {hint}")} " +
            "Nothing was written. End that transaction, then repeat the call. Keep transactions that append short.";
    }

    private static string Described(BlockingTransaction holder)
    {
        var who = holder.PreparedName is { } prepared
            ? $"the prepared transaction '{prepared}'"
            : $"server process {holder.SessionId}{(holder.Role is { } role ? $" of role '{role}'" : "")}, " +
              $"application '{holder.Application}'";
        var what = holder.IsAppender ? who : $"{who}, which holds the store's lock but is no appender";
        return holder.Age is { } age ? $"{what}, open for {Seconds(age)}" : what;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture);
}
