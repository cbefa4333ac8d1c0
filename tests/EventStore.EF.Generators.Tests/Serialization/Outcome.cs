namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>What a serializer did: a text, or an exception of a type and with a message.</summary>
internal sealed record Outcome(string? Text, Type? Exception, string? Message)
{
    public static Outcome Of(Func<string> action)
    {
        try
        {
            return new(action(), null, null);
        }
#pragma warning disable CA1031 // Which exception it is, is what is compared.
        catch (Exception exception)
        {
            return new(null, exception.GetType(), exception.Message);
        }
#pragma warning restore CA1031
    }
}
