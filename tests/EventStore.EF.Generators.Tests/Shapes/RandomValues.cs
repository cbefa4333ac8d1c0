using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization;

namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>Random objects of a type: constructor arguments, all properties with a setter, and all fields that are not readonly.</summary>
internal sealed class RandomValues(Random random)
{
    private const int MaxDepth = 4;
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public object Of(Type type) => Make(type, depth: 0)!;

    private object? Make(Type type, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return random.Next(3) == 0 ? null : Make(underlying, depth);
        if (type.IsEnum)
            return Enum.ToObject(type, random.Next(3));
        if (Simple(type) is { } simple)
            return simple;
        if (depth > 0 && (depth >= MaxDepth || random.Next(5) == 0) && !type.IsValueType)
            return null;
        return Collection(type, depth) ?? Object(type, depth);
    }

    private object? Simple(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => random.Next(int.MinValue, int.MaxValue),
        TypeCode.Int64 => random.NextInt64(),
        TypeCode.Boolean => random.Next(2) == 0,
        TypeCode.Decimal => new decimal(random.Next(), random.Next(), 0, random.Next(2) == 0, (byte)random.Next(20)),
        TypeCode.Double => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30)),
        TypeCode.DateTime => new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc),
        TypeCode.String => Text(),
        _ when type == typeof(Guid) => new Guid([.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256))]),
        _ when type == typeof(TimeSpan) => new TimeSpan(random.NextInt64()),
        _ => null,
    };

    private string Text()
    {
        const string Characters = "abc xyz\"\\/<>&'+äß€\u2028\n\t\0😀";
        var runes = Characters.EnumerateRunes().ToList();
        return string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => runes[random.Next(runes.Count)]));
    }

    private object? Collection(Type type, int depth)
    {
        if (type.IsArray)
        {
            var array = Array.CreateInstance(type.GetElementType()!, random.Next(3));
            for (var i = 0; i < array.Length; i++)
                array.SetValue(Make(type.GetElementType()!, depth + 1), i);
            return array;
        }

        if (!type.IsGenericType || !typeof(IEnumerable).IsAssignableFrom(type))
            return null;
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
            for (var i = random.Next(3); i > 0; i--)
                map[Text() + i] = Make(arguments[1], depth + 1);
            return map;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
        for (var i = random.Next(3); i > 0; i--)
            list.Add(Make(arguments[0], depth + 1));
        return list;
    }

    private object Object(Type type, int depth)
    {
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();
        var value = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType, depth + 1))]);
        for (var t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            foreach (var property in t.GetProperties(All))
            {
                if (property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
                    property.SetValue(value, Make(property.PropertyType, depth + 1));
            }

            foreach (var field in t.GetFields(All))
            {
                if (!field.IsInitOnly && !field.Name.StartsWith('<') && field.GetCustomAttribute<JsonIgnoreAttribute>() is null)
                    field.SetValue(value, Make(field.FieldType, depth + 1));
            }
        }

        return value;
    }
}
