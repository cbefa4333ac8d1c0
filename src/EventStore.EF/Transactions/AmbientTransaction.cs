using System.Data.Common;

namespace EventStore.EF;

/// <summary>
/// The transaction that a projection's handlers run in. What they do with the store joins it: on SQLite a second transaction would wait
/// for this one for ever.
/// </summary>
internal static class AmbientTransaction
{
    private static readonly AsyncLocal<Holder?> Ambient = new();

    /// <summary>The transaction of the current asynchronous flow, if it is one on this store.</summary>
    public static DbTransaction? Of(IStorage storage) => Ambient.Value is { Joined: { } joined } && joined.Storage == storage ? joined.Transaction : null;

    /// <summary>
    /// Makes a transaction the ambient one, until it is disposed of: also for what was started meanwhile and still runs, such as a timer of a
    /// service that a handler was the first to use.
    /// </summary>
    public static IDisposable Begin(IStorage storage, DbTransaction transaction) => Ambient.Value = new() { Joined = new(storage, transaction) };

    private sealed record Join(IStorage Storage, DbTransaction Transaction);

    private sealed class Holder : IDisposable
    {
        public Join? Joined { get; set; }

        public void Dispose()
        {
            Joined = null;
            Ambient.Value = null;
        }
    }
}
