using System.Data.Common;
using EventStore.EF.Schema;

namespace EventStore.EF.Storage;

/// <summary>Reads rows of events. Every statement that returns events selects <see cref="Columns"/>, in this order.</summary>
internal static class EventRows
{
    /// <summary>The columns, with <c>e</c> for the event and <c>s</c> for its stream.</summary>
    public const string Columns =
        "e.position, s.name, e.version, e.event_id, e.type, e.schema_version, e.data, e.data_binary, e.metadata, e.correlation_id, " +
        "e.causation_id, e.created_at, e.content_type";

    /// <summary>The number of columns.</summary>
    public const int ColumnCount = 13;

    /// <param name="reader">A reader positioned on a row.</param>
    /// <param name="catalog">Deserializes the payload on demand.</param>
    /// <param name="number">The event's number in what is read; by default its position.</param>
    public static RecordedEvent Read(DbDataReader reader, EventCatalog catalog, long? number = null)
        => Read(reader, catalog, StreamName.FromStored(reader.GetString(1)), number);

    /// <param name="reader">A reader positioned on a row whose second column is not the stream's name.</param>
    /// <param name="catalog">Deserializes the payload on demand.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="number">The event's number in what is read; by default its position.</param>
    public static RecordedEvent Read(DbDataReader reader, EventCatalog catalog, StreamName stream, long? number = null)
    {
        // In column order: going back to an earlier column costs the reader as much as one more column.
        var position = reader.GetInt64(0);
        return new(catalog)
        {
            Position = position,
            StreamName = stream,
            StreamVersion = reader.GetInt64(2),
            Number = number ?? position,
            EventId = reader.GetGuid(3),
            EventType = reader.GetString(4),
            SchemaVersion = reader.GetInt32(5),
            Payload = ReadPayload(reader, out var isJson),
            MetadataJson = reader.IsDBNull(8) ? default : reader.GetFieldValue<byte[]>(8),
            CorrelationId = reader.IsDBNull(9) ? null : reader.GetGuid(9),
            CausationId = reader.IsDBNull(10) ? null : reader.GetGuid(10),
            CreatedAt = StoredTime.Read(reader, 11),
            ContentType = !reader.IsDBNull(12) ? reader.GetString(12) : isJson ? ContentTypes.Json : ContentTypes.Bytes,
        };
    }

    private static byte[] ReadPayload(DbDataReader reader, out bool isJson)
    {
        isJson = !reader.IsDBNull(6);
        return reader.GetFieldValue<byte[]>(isJson ? 6 : 7);
    }
}
