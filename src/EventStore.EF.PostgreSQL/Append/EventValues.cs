using EventStore.EF.PostgreSQL.Connections;
using EventStore.EF.Storage;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Append;

/// <summary>The parameters of one event, a value for each column. A column without a value is NULL.</summary>
internal sealed class EventValues : IEventParameters
{
    private readonly NpgsqlParameter<Guid> _id = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
    private readonly NpgsqlParameter<string> _type = Parameters.Text();
    private readonly NpgsqlParameter<int> _schemaVersion = Parameters.Integer();
    private readonly NpgsqlParameter _contentType = Parameters.Optional(NpgsqlDbType.Text);
    private readonly NpgsqlParameter _data = Parameters.Optional(NpgsqlDbType.Json);
    private readonly NpgsqlParameter _dataBinary = Parameters.Optional(NpgsqlDbType.Bytea);
    private readonly NpgsqlParameter _metadata = Parameters.Optional(NpgsqlDbType.Json);
    private readonly NpgsqlParameter _correlationId = Parameters.Optional(NpgsqlDbType.Uuid);
    private readonly NpgsqlParameter _causationId = Parameters.Optional(NpgsqlDbType.Uuid);

    public void AddTo(NpgsqlParameterCollection parameters)
    {
        parameters.Add(_id);
        parameters.Add(_type);
        parameters.Add(_schemaVersion);
        parameters.Add(_contentType);
        parameters.Add(_data);
        parameters.Add(_dataBinary);
        parameters.Add(_metadata);
        parameters.Add(_correlationId);
        parameters.Add(_causationId);
    }

    public void Set(IReadOnlyList<PlannedEvent> events)
    {
        var @event = events[0];
        _id.TypedValue = @event.Id;
        _type.TypedValue = @event.Type;
        _schemaVersion.TypedValue = @event.SchemaVersion;
        _contentType.Value = OrNull(@event.ContentType);
        _data.Value = OrNull(@event.IsJson ? @event.Data : null);
        _dataBinary.Value = OrNull(@event.IsJson ? null : @event.Data);
        _metadata.Value = OrNull(@event.Metadata);
        _correlationId.Value = OrNull(@event.CorrelationId);
        _causationId.Value = OrNull(@event.CausationId);
    }

    private static object OrNull(object? value) => value ?? DBNull.Value;
}
