using Npgsql;
using NpgsqlTypes;

namespace EventStore.EF.PostgreSQL;

/// <summary>The five parameters of a filter, in the order of <see cref="PageStatements"/>.</summary>
internal static class FilterParameters
{
    public static void Add(NpgsqlParameterCollection parameters, EventFilter filter)
    {
        parameters.Add(Parameters.Array(NpgsqlDbType.Text, filter.EventTypes?.ToArray()));
        parameters.Add(Parameters.Optional(NpgsqlDbType.Text, filter.Prefix));
        parameters.Add(Parameters.Time(Limit(filter.CreatedFrom)));
        parameters.Add(Parameters.Time(Limit(filter.CreatedBefore)));
        parameters.Add(Parameters.Array(NpgsqlDbType.Text, filter.KnownTypes?.ToArray()));
    }

    /// <summary>
    /// A limit of time, raised to the next whole microsecond: stored times are whole ones, so none lies in between, while the limit cut
    /// down to one would let in, or leave out, what was created at just that time.
    /// </summary>
    private static DateTimeOffset? Limit(DateTimeOffset? limit)
    {
        if (limit is not { UtcTicks: var ticks } || ticks % TimeSpan.TicksPerMicrosecond == 0)
            return limit;

        // Of the last microsecond of all times there is no next one.
        var raised = ticks + TimeSpan.TicksPerMicrosecond - (ticks % TimeSpan.TicksPerMicrosecond);
        return raised > DateTime.MaxValue.Ticks ? DateTimeOffset.MaxValue : new(raised, TimeSpan.Zero);
    }
}
