using System.Buffers.Text;
using System.Text;
using EventStore.EF.Schema;
using EventStore.EF.Sqlite.Schema;
using EventStore.EF.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EventStore.EF.Sqlite.Read;

/// <summary>
/// Reads the rows of <see cref="EventRows.Columns"/> from SQLite's memory. It bypasses the getters of Microsoft.Data.Sqlite, which make a
/// string of every id and time only to parse it. Names that repeat from row to row are shared.
/// </summary>
/// <param name="reader">The open reader; its current row is read.</param>
/// <param name="catalog">Deserializes payloads on demand.</param>
internal sealed class EventRowReader(SqliteDataReader reader, EventCatalog catalog)
{
    private readonly sqlite3_stmt _row = reader.Handle!;
    private RepeatedText _stream;
    private RepeatedText _type;

    /// <param name="number">The event's number in what is read; by default its position.</param>
    public RecordedEvent Read(long? number = null)
    {
        var position = raw.sqlite3_column_int64(_row, 0);
        var isJson = !IsNull(6);
        return new(catalog)
        {
            Position = position,
            StreamName = StreamName.FromStored(_stream.Read(Bytes(1))),
            StreamVersion = raw.sqlite3_column_int64(_row, 2),
            Number = number ?? position,
            EventId = Id(3),
            EventType = _type.Read(Bytes(4)),
            SchemaVersion = raw.sqlite3_column_int(_row, 5),
            Payload = Bytes(isJson ? 6 : 7).ToArray(),
            MetadataJson = IsNull(8) ? default : Bytes(8).ToArray(),
            CorrelationId = IsNull(9) ? null : Id(9),
            CausationId = IsNull(10) ? null : Id(10),
            CreatedAt = Time(11),
            ContentType = !IsNull(12) ? reader.GetString(12) : isJson ? ContentTypes.Json : ContentTypes.Bytes,
        };
    }

    private bool IsNull(int column) => raw.sqlite3_column_type(_row, column) == raw.SQLITE_NULL;

    /// <summary>The bytes of a text or blob; valid until the next row.</summary>
    private ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_row, column);

    private Guid Id(int column)
    {
        var text = Bytes(column);
        return Utf8Parser.TryParse(text, out Guid id, out var length) && length == text.Length ? id : reader.GetGuid(column);
    }

    private DateTimeOffset Time(int column)
        => SqliteTime.TryParse(Bytes(column), out var time) ? new(time) : StoredTime.Read(reader, column);

    /// <summary>A text that is often the same as in the row before.</summary>
    private struct RepeatedText
    {
        private byte[]? _bytes;
        private string? _text;

        public string Read(ReadOnlySpan<byte> bytes)
        {
            if (_bytes is not null && bytes.SequenceEqual(_bytes))
                return _text!;

            _bytes = bytes.ToArray();
            return _text = Encoding.UTF8.GetString(bytes);
        }
    }
}
