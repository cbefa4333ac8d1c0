using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>
/// The whole state of an object as text: all fields, private ones and those of base classes too. Left out are members marked
/// <c>[JsonIgnore]</c>, locks, delegates, <c>Lazy&lt;T&gt;</c>, and fields whose names begin with <c>_cache</c>.
/// </summary>
internal static class Image
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or Uri or Version or JsonNode or JsonElement:
                text.Append('"').Append(value).Append('"');
                break;
            case JsonDocument document:
                text.Append(document.RootElement.GetRawText());
                break;
            case DateTime or DateTimeOffset or TimeSpan or DateOnly or TimeOnly:
                text.Append(((IFormattable)value).ToString(value is TimeSpan ? "c" : "o", CultureInfo.InvariantCulture));
                break;
            case IFormattable formattable when value.GetType().IsPrimitive || value is decimal or Guid or Enum or Half or Int128 or UInt128:
                text.Append(formattable.ToString(null, CultureInfo.InvariantCulture));
                break;
            case bool or char:
                text.Append(value);
                break;
            case Memory<byte> memory:
                text.Append(Convert.ToHexString(memory.Span));
                break;
            case ReadOnlyMemory<byte> memory:
                text.Append(Convert.ToHexString(memory.Span));
                break;
            case IEnumerable items:
                Items(text, items);
                break;
            default:
                Fields(text, value);
                break;
        }
    }

    /// <summary>The elements; those of a set or dictionary have no order.</summary>
    private static void Items(StringBuilder text, IEnumerable items)
    {
        var elements = items.Cast<object?>().Select(Of).ToList();
        var type = items.GetType();
        if (type.GetInterfaces().Any(i => i.IsGenericType && (i.GetGenericTypeDefinition() == typeof(ISet<>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))))
            elements.Sort(StringComparer.Ordinal);
        text.Append('[').AppendJoin(',', elements).Append(']');
    }

    private static void Fields(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append('{');
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(All).Where(IsState))
            {
                text.Append(field.Name).Append('=');
                Append(text, field.GetValue(value));
                text.Append(';');
            }
        }

        text.Append('}');
    }

    private static bool IsState(FieldInfo field)
    {
        var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
        var member = (MemberInfo?)field.DeclaringType!.GetProperty(name, All) ?? field;
        return member.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always }
            && !name.StartsWith("_cache", StringComparison.Ordinal)
            && field.FieldType != typeof(object)
            && !typeof(Delegate).IsAssignableFrom(field.FieldType)
            && !(field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(Lazy<>));
    }
}
