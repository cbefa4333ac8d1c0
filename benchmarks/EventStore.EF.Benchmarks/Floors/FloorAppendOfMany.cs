using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.Benchmarks;

/// <summary>Appends many events, of array parameters that the server unnests.</summary>
internal sealed class FloorAppendOfMany(string sql, NpgsqlConnection connection, int events) : FloorAppend(sql, connection)
{
    private readonly Guid[] _ids = new Guid[events];
    private readonly byte[][] _data = new byte[events][];

    protected override void AddParameters(NpgsqlParameterCollection parameters)
    {
        Add(NpgsqlDbType.Uuid, _ids);
        Add(NpgsqlDbType.Text, Enumerable.Repeat(OrderPlaced.StoredName, events).ToArray());
        Add(NpgsqlDbType.Integer, Enumerable.Repeat(1, events).ToArray());
        Add(NpgsqlDbType.Json, _data);
        Add(NpgsqlDbType.Json, new byte[]?[events]);
        Add(NpgsqlDbType.Uuid, new Guid?[events]);
        Add(NpgsqlDbType.Uuid, new Guid?[events]);

        void Add<T>(NpgsqlDbType type, T value) => parameters.Add(new NpgsqlParameter<T> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = value });
    }

    protected override void SetEvents()
    {
        for (var index = 0; index < events; index++)
        {
            _ids[index] = Guid.CreateVersion7();
            _data[index] = OrderJson.Write(FloorOrder.Sample);
        }
    }
}
