using System.Data.Common;

namespace EventStore.EF.Storage;

/// <summary>
/// The transaction in which a projection's handlers run. Their calls to the store join it: on SQLite, a second transaction would wait for
/// this one for ever.
/// </summary>
internal static class AmbientTransaction
{
    private static readonly AsyncLocal<Holder?> Ambient = new();

    /// <summary>
    /// The transaction that a call takes part in: the caller's, or the one of the projection whose handler calls, or
    /// <see langword="null"/> for one of the store's own.
    /// </summary>
    public static DbTransaction? Join(IStorage storage, DbTransaction? callers) => callers ?? Of(storage);

    /// <summary>The transaction of the current asynchronous flow, if it belongs to this store.</summary>
    public static DbTransaction? Of(IStorage storage)
        => Ambient.Value is { Joined: { } joined } && joined.Storage == storage ? joined.Transaction : null;

    /// <summary>
    /// Makes a transaction the ambient one until the result is disposed. It then also ends for work that was started in between and still
    /// runs, such as a timer of a service that a handler was the first to use.
    /// </summary>
    public static IDisposable Begin(IStorage storage, DbTransaction transaction)
        => Ambient.Value = new() { Joined = new(storage, transaction) };

    private sealed record Membership(IStorage Storage, DbTransaction Transaction);

    private sealed class Holder : IDisposable
    {
        public Membership? Joined { get; set; }

        public void Dispose()
        {
            Joined = null;
            Ambient.Value = null;
        }
    }
}
