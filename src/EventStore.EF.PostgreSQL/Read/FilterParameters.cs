using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>The four parameters of a filter, in the order of <see cref="PageStatements"/>.</summary>
internal static class FilterParameters
{
    public static void Add(NpgsqlParameterCollection parameters, EventFilter filter)
    {
        parameters.Add(Parameters.Array(NpgsqlDbType.Text, filter.EventTypes?.ToArray()));
        parameters.Add(Parameters.Optional(NpgsqlDbType.Text, filter.Prefix));
        parameters.Add(Parameters.Optional(NpgsqlDbType.TimestampTz, Limit(filter.CreatedFrom)));
        parameters.Add(Parameters.Optional(NpgsqlDbType.TimestampTz, Limit(filter.CreatedBefore)));
    }

    /// <summary>
    /// A limit of time, raised to the next whole microsecond: stored times are whole ones, so none lies in between, while the limit cut
    /// down to one would let in, or leave out, what was created at just that time.
    /// </summary>
    private static DateTime? Limit(DateTimeOffset? limit)
    {
        if (limit is not { UtcDateTime: var time })
            return null;

        // The end of all times is PostgreSQL's infinity.
        var rest = time.Ticks % TimeSpan.TicksPerMicrosecond;
        return rest == 0 || time == DateTime.MaxValue ? time : time.AddTicks(TimeSpan.TicksPerMicrosecond - rest);
    }
}
