using System.Data.Common;
using EventStore.EF.Read;

namespace EventStore.EF.States;

/// <summary>Loads states of streams and records snapshots of them in the background.</summary>
internal sealed class StateStore(EventReader reader, EventCatalog catalog, SnapshotRecorder recorder)
{
    /// <param name="stream">The stream.</param>
    /// <param name="streams">Looks at the stream, in the same transaction.</param>
    /// <param name="snapshots">Reads and records snapshots, in the same transaction.</param>
    /// <param name="transaction">
    /// The caller's transaction. Nothing is recorded in the background inside it, because it may be rolled back.
    /// </param>
    /// <param name="ct">Cancels the load.</param>
    public Task<StreamState<TState>> LoadAsync<TState>(
        StreamName stream, IStreamAdministration streams, ISnapshots snapshots, DbTransaction? transaction, CancellationToken ct)
        where TState : notnull
        => new StateLoader(reader, streams, snapshots, transaction, catalog, transaction is null ? recorder : null)
            .LoadAsync<TState>(stream, ct);

    /// <summary>Applies events that are about to be appended to a loaded state, as a later load will.</summary>
    public TState Apply<TState>(TState state, IEnumerable<NewEvent> events)
        where TState : notnull
    {
        var descriptor = catalog.FindState(typeof(TState))!;
        object? applied = state;
        foreach (var data in events.SelectMany(@event => catalog.Upcasters.Upcast(@event.Data)))
            applied = descriptor.Fold(applied, data);

        return (TState)applied!;
    }
}
