using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>The parameters of several events, an array for each column. A column without values is NULL.</summary>
internal sealed class EventColumns : IEventParameters
{
    private readonly NpgsqlParameter _ids = Parameters.Array(NpgsqlDbType.Uuid);
    private readonly NpgsqlParameter _types = Parameters.Array(NpgsqlDbType.Text);
    private readonly NpgsqlParameter _schemaVersions = Parameters.Array(NpgsqlDbType.Integer);
    private readonly NpgsqlParameter _contentTypes = Parameters.Array(NpgsqlDbType.Text);
    private readonly NpgsqlParameter _data = Parameters.Array(NpgsqlDbType.Json);
    private readonly NpgsqlParameter _dataBinary = Parameters.Array(NpgsqlDbType.Bytea);
    private readonly NpgsqlParameter _metadata = Parameters.Array(NpgsqlDbType.Json);
    private readonly NpgsqlParameter _correlationIds = Parameters.Array(NpgsqlDbType.Uuid);
    private readonly NpgsqlParameter _causationIds = Parameters.Array(NpgsqlDbType.Uuid);

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(_ids);
        parameters.Add(_types);
        parameters.Add(_schemaVersions);
        parameters.Add(_contentTypes);
        parameters.Add(_data);
        parameters.Add(_dataBinary);
        parameters.Add(_metadata);
        parameters.Add(_correlationIds);
        parameters.Add(_causationIds);
    }

    public void Set(IReadOnlyList<PlannedEvent> events)
    {
        _ids.Value = Column(events, @event => @event.Id);
        _types.Value = Column(events, @event => @event.Type);
        _schemaVersions.Value = Column(events, @event => @event.SchemaVersion);
        _contentTypes.Value = OptionalColumn(events, @event => @event.ContentType);
        _data.Value = OptionalColumn(events, @event => @event.IsJson ? @event.Data : null);
        _dataBinary.Value = OptionalColumn(events, @event => @event.IsJson ? null : @event.Data);
        _metadata.Value = OptionalColumn(events, @event => @event.Metadata);
        _correlationIds.Value = OptionalColumn(events, @event => @event.CorrelationId);
        _causationIds.Value = OptionalColumn(events, @event => @event.CausationId);
    }

    private static T[] Column<T>(IReadOnlyList<PlannedEvent> events, Func<PlannedEvent, T> value)
    {
        var column = new T[events.Count];
        for (var index = 0; index < column.Length; index++)
            column[index] = value(events[index]);

        return column;
    }

    private static object OptionalColumn<T>(IReadOnlyList<PlannedEvent> events, Func<PlannedEvent, T?> value)
    {
        T?[]? column = null;
        for (var index = 0; index < events.Count; index++)
        {
            if (value(events[index]) is { } present)
                (column ??= new T?[events.Count])[index] = present;
        }

        return (object?)column ?? DBNull.Value;
    }
}
