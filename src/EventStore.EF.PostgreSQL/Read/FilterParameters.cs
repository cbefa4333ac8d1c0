using EventStore.EF.PostgreSQL.Connections;
using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL.Read;

/// <summary>The five parameters of a filter, in the order of <see cref="PageStatements"/>.</summary>
internal static class FilterParameters
{
    public static void Add(NpgsqlParameterCollection parameters, EventFilter filter)
    {
        parameters.Add(Parameters.Array(NpgsqlDbType.Text, filter.EventTypes?.ToArray()));
        parameters.Add(Parameters.Optional(NpgsqlDbType.Text, filter.Prefix));
        parameters.Add(Parameters.TimeLimit(filter.CreatedFrom));
        parameters.Add(Parameters.TimeLimit(filter.CreatedBefore));
        parameters.Add(Parameters.Array(NpgsqlDbType.Text, filter.KnownTypes?.ToArray()));
    }
}
