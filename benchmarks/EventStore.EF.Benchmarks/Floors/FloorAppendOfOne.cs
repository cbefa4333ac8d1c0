using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.Benchmarks;

/// <summary>Appends one event, of scalar parameters.</summary>
internal sealed class FloorAppendOfOne(string sql, NpgsqlConnection connection) : FloorAppend(sql, connection)
{
    private readonly NpgsqlParameter<Guid> _id = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
    private readonly NpgsqlParameter<byte[]> _data = new() { NpgsqlDbType = NpgsqlDbType.Json };

    protected override void AddParameters(NpgsqlParameterCollection parameters)
    {
        parameters.Add(_id);
        parameters.Add(new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = OrderPlaced.StoredName });
        parameters.Add(new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = 1 });
        parameters.Add(_data);
        parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Json, Value = DBNull.Value });
        parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = DBNull.Value });
        parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = DBNull.Value });
    }

    protected override void SetEvents()
    {
        _id.TypedValue = Guid.CreateVersion7();
        _data.TypedValue = OrderJson.Write(FloorOrder.Sample);
    }
}
