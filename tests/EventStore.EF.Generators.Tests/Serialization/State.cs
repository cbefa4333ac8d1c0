using System.Reflection;

namespace EventStore.EF.Generators.Tests.Serialization;

/// <summary>The fields of an object, private ones too, because JSON doesn't show what is ignored.</summary>
internal static class State
{
    public static string Of(object value)
    {
        var fields = new List<string>();
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            fields.AddRange(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Select(field => $"{field.Name}={field.GetValue(value)}"));
        }

        return string.Join(";", fields);
    }
}
