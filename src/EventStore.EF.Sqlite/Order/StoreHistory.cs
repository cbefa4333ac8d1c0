using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite;

/// <summary>
/// Notices that the file went back to an earlier state: somebody restored a backup over it, by SQLite's own backup or by putting another file
/// in its place. Whatever is stored in the file goes back with it, so this process remembers some events that it has seen, and looks whether
/// they are still there.
/// </summary>
/// <remarks>
/// Positions rise and are never given twice within one history, and ids are unique. So the file went back exactly if, of the last event that
/// was seen, the position holds another event, or was not given out yet. A position that was given out and holds nothing is of an event that
/// somebody removed; then the event before it is asked for.
/// </remarks>
internal sealed class StoreHistory(SchemaName schema)
{
    /// <summary>How many events are remembered. When there are more, every second one is dropped: the rest spans all that was seen.</summary>
    private const int MaxMarks = 16;

    private readonly HistoryStatements _statements = new(schema);
    private readonly Lock _lock = new();
    private readonly List<Mark> _marks = [];
    private readonly List<(long Life, long Through)> _returns = [];
    private long _life;

    /// <summary>Counts how often the file went back.</summary>
    public long Life
    {
        get
        {
            lock (_lock)
                return _life;
        }
    }

    /// <summary>The position of the last event that is remembered; 0 when there is none.</summary>
    public long Last
    {
        get
        {
            lock (_lock)
                return _marks.Count == 0 ? 0 : _marks[^1].Position;
        }
    }

    /// <summary>Up to which position everything is certainly as it was in an earlier life.</summary>
    public long UnchangedThrough(long life)
    {
        lock (_lock)
            return _returns.Where(went => went.Life > life).Select(went => went.Through).DefaultIfEmpty(long.MaxValue).Min();
    }

    /// <summary>Looks whether what was seen is still there, then remembers the last event of the file.</summary>
    public void Look(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        if (!Safeguards.FileIdentity)
            return;

        // In this order: what is appended in between comes after what is looked for.
        var head = Head(connection, transaction);
        Look(connection, transaction, head);
    }

    /// <summary>Looks whether what was seen is still there, then remembers an event that was just read.</summary>
    /// <param name="connection">Where to look.</param>
    /// <param name="transaction">The connection's, if it has one.</param>
    /// <param name="seen">The event; <see langword="null"/> when there was none.</param>
    public void Look(SqliteConnection connection, SqliteTransaction? transaction, Mark? seen)
    {
        if (!Safeguards.FileIdentity)
            return;

        while (LastMark() is { } last && Find(connection, transaction, last) is var found and not Found.Same)
        {
            lock (_lock)
            {
                // Another thread has come to a verdict meanwhile.
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

    /// <summary>The last event of the file.</summary>
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

    /// <summary>The last remembered event that is still there; what comes behind it may have changed.</summary>
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
            _returns.Add((++_life, through));
        }
    }

    /// <summary>What is at a remembered event's position.</summary>
    private enum Found
    {
        Same,
        Removed,
        Other,
    }

    /// <summary>An event that was seen.</summary>
    internal readonly record struct Mark(long Position, Guid EventId);
}
