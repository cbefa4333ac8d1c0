using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Order;

/// <summary>
/// Detects that the file went back to an earlier state because a backup was restored over it, by SQLite's own backup or by another file in
/// its place. Anything stored in the file goes back with it, so this process remembers some events that it has seen, and looks whether they
/// are still there.
/// </summary>
/// <remarks>
/// Positions rise and are never assigned twice within one history, and ids are unique. So the file went back exactly if the position of the
/// last event seen holds another event, or is not assigned yet. A position that was assigned and holds nothing belongs to a removed event;
/// the event before it is looked for then.
/// </remarks>
internal sealed class StoreHistory(SchemaName schema)
{
    /// <summary>
    /// The number of events remembered. When it is reached, every second one is dropped: the rest still spans everything seen.
    /// </summary>
    private const int MaxMarks = 16;

    private readonly HistoryStatements _statements = new(schema);
    private readonly Lock _lock = new();
    private readonly List<Mark> _marks = [];
    private readonly List<(long Incarnation, long Through)> _returns = [];
    private long _incarnation;

    /// <summary>The number of times that the file went back.</summary>
    public long Incarnation
    {
        get
        {
            lock (_lock)
                return _incarnation;
        }
    }

    /// <summary>The position of the last remembered event; 0 if there is none.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
                return _marks.Count == 0 ? 0 : _marks[^1].Position;
        }
    }

    /// <summary>The position up to which everything is certainly as it was in an earlier incarnation.</summary>
    public long UnchangedThrough(long incarnation)
    {
        lock (_lock)
            return _returns.Where(went => went.Incarnation > incarnation).Select(went => went.Through).DefaultIfEmpty(long.MaxValue).Min();
    }

    /// <summary>Looks whether the remembered events are still there, then remembers the file's last event.</summary>
    public void Look(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        if (!Safeguards.FileIdentity)
            return;

        // In this order: events appended in between come after those looked for.
        var head = Head(connection, transaction);
        Look(connection, transaction, head);
    }

    /// <summary>Looks whether the remembered events are still there, then remembers an event that was just read.</summary>
    /// <param name="connection">The connection to look on.</param>
    /// <param name="transaction">The connection's transaction, if it has one.</param>
    /// <param name="seen">The event; <see langword="null"/> if there is none.</param>
    public void Look(SqliteConnection connection, SqliteTransaction? transaction, Mark? seen)
    {
        if (!Safeguards.FileIdentity)
            return;

        while (LastMark() is { } last && Find(connection, transaction, last) is var found and not Found.Same)
        {
            lock (_lock)
            {
                // Another thread has already decided.
                if (_marks.Count == 0 || _marks[^1] != last)
                    continue;
            }

            if (found is Found.Removed)
                Forget(last);
            else
                GoBack(last, FindUnchanged(connection, transaction));
        }

        if (seen is { } mark)
            Remember(mark);
    }

    /// <summary>The file's last event.</summary>
    public Mark? Head(SqliteConnection connection, SqliteTransaction? transaction)
    {
        using var command = (SqliteCommand)connection.Command(_statements.Head);
        command.Transaction = transaction;
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Mark(reader.GetInt64(0), reader.GetGuid(1)) : null;
    }

    private Found Find(SqliteConnection connection, SqliteTransaction? transaction, Mark mark)
    {
        using var command = (SqliteCommand)connection.Command(_statements.Event, ("@position", mark.Position));
        command.Transaction = transaction;
        using var reader = command.ExecuteReader();
        reader.Read();
        if (!reader.IsDBNull(0))
            return reader.GetGuid(0) == mark.EventId ? Found.Same : Found.Other;

        return reader.GetInt64(1) < mark.Position ? Found.Other : Found.Removed;
    }

    /// <summary>The last remembered event that is still there; anything after it may have changed.</summary>
    private Mark? FindUnchanged(SqliteConnection connection, SqliteTransaction? transaction)
    {
        Mark[] marks;
        lock (_lock)
            marks = [.. _marks];

        for (var index = marks.Length - 1; index >= 0; index--)
        {
            if (Find(connection, transaction, marks[index]) is Found.Same)
                return marks[index];
        }

        return null;
    }

    private Mark? LastMark()
    {
        lock (_lock)
            return _marks.Count == 0 ? null : _marks[^1];
    }

    private void Remember(Mark mark)
    {
        lock (_lock)
        {
            if (_marks.Count > 0 && mark.Position <= _marks[^1].Position)
                return;

            if (_marks.Count == MaxMarks)
            {
                for (var index = MaxMarks - 2; index >= 0; index -= 2)
                    _marks.RemoveAt(index);
            }

            _marks.Add(mark);
        }
    }

    private void Forget(Mark mark)
    {
        lock (_lock)
            _marks.Remove(mark);
    }

    private void GoBack(Mark last, Mark? unchanged)
    {
        lock (_lock)
        {
            if (_marks.Count == 0 || _marks[^1] != last)
                return;

            var through = unchanged?.Position ?? 0;
            _marks.RemoveAll(mark => mark.Position > through);
            _returns.Add((++_incarnation, through));
        }
    }

    /// <summary>The content of a remembered event's position.</summary>
    private enum Found
    {
        Same,
        Removed,
        Other,
    }

    /// <summary>An event that was seen.</summary>
    internal readonly record struct Mark(long Position, Guid EventId);
}
